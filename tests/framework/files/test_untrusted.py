"""Stored text is read without trust: nothing is resolved, nothing unpacks, what is damaged is named."""

import pytest

from advspace import AdvspaceError
from advspace.files.untrusted import read_json, read_yaml

LAUGHS = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))])


@pytest.fixture
def file(tmp_path):
    def written(content):
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def test_interpolations_stay_as_they_are(file, monkeypatch):
    monkeypatch.setenv("SECRET", "hidden")
    stored = read_yaml(file("a: ${oc.env:SECRET}\nb: ${a}\nc: [1, '${oc.env:SECRET}', 1e-3, 'x & y']"))
    assert stored == {"a": "${oc.env:SECRET}", "b": "${a}", "c": [1, "${oc.env:SECRET}", 1e-3, "x & y"]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (LAUGHS, "it has aliases, which are refused"),
        ("a: [", "while parsing a flow node"),
        ("a: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        (b"\xff\xfe\x00", "can't decode byte"),
        ("[" * 5000, r"recursion depth|while parsing"),
        ("a: ${oc.env:", r"\$\{oc.env:|token recognition|mismatched input"),
    ],
)
def test_yaml_that_is_refused(file, content, reason):
    with pytest.raises(AdvspaceError, match=rf"file cannot be read \(.*({reason})"):
        read_yaml(file(content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "Expecting value"), ("[]", "it holds a list"), ("[" * 100_000, "recursion"), (b"\xff", "can't decode")],
)
def test_json_that_is_refused(file, content, reason):
    with pytest.raises(AdvspaceError, match=rf"file cannot be read \(.*{reason}"):
        read_json(file(content))


def test_what_is_too_large_is_not_read(file, monkeypatch):
    monkeypatch.setattr("advspace.files.untrusted.LARGEST", 3)
    for read in (read_json, read_yaml):
        with pytest.raises(AdvspaceError, match="it has more than 3 bytes"):
            read(file("a: 1"))


def test_what_is_missing_is_named(tmp_path):
    for read in (read_json, read_yaml):
        with pytest.raises(AdvspaceError, match=r"gone cannot be read \(No such file"):
            read(tmp_path / "gone")
