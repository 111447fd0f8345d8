"""Files that changed since they were noted are named."""

import pytest

from advspace.errors import DamagedError
from advspace.files.checksums import changed, noted


def test_changed_and_missing_files_are_named(tmp_path):
    contents = {"a": b"1", "b": b"2", "c": b"3"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    note = tmp_path / "note.json"
    assert changed(note, tmp_path) == []  # as in a run of an older version
    note.write_bytes(noted(contents))
    assert changed(note, tmp_path) == []
    (tmp_path / "a").write_bytes(b"0")
    (tmp_path / "c").unlink()
    assert changed(note, tmp_path) == ["a", "c"]
    note.write_bytes(note.read_bytes().replace(b'"a"', b'"d"'))
    with pytest.raises(DamagedError, match=r"note.json cannot be read \(its checksum does not fit\)"):
        changed(note, tmp_path)
