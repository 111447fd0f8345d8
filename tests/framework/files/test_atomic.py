"""Files are whole or absent."""

import pytest

from advspace import AdvspaceError
from advspace.files.atomic import stage_bytes, write_bytes, write_text
from advspace.signals import Stopped


def test_folders_are_made_and_old_content_is_replaced(tmp_path):
    path = tmp_path / "a" / "b.txt"
    write_text(path, "Gauß")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    write_text(path, "Gauß")
    assert path.read_text("utf-8") == "Gauß"
    assert list(path.parent.iterdir()) == [path]


def test_what_is_staged_is_hidden_until_it_is_renamed(tmp_path):
    """A parquet reader passes over names that begin with a dot."""
    path = tmp_path / "part.parquet"
    beside = stage_bytes(path, b"whole")
    assert not path.exists()
    assert beside.name.startswith(".part.parquet")
    assert beside.read_bytes() == b"whole"


def test_a_disk_that_is_full_leaves_the_old_file_and_no_half(tmp_path, monkeypatch):
    path = tmp_path / "table"
    write_text(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(AdvspaceError, match=f"cannot write {path}: No space left on device; free some space or choose"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "here"
    with pytest.raises(AdvspaceError, match=rf"cannot write {path}: .*choose another folder \(hydra.run.dir=...\)"):
        write_text(path, "")


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_signal_while_a_file_is_written_leaves_the_old_file_and_no_half(tmp_path, monkeypatch, step):
    path = tmp_path / "report.html"
    write_text(path, "old")

    def stopped(*_):
        raise Stopped(15)

    monkeypatch.setattr(step, stopped)
    with pytest.raises(Stopped):
        write_text(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
