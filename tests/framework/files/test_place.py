"""Paths in messages."""

from pathlib import Path

from advspace.files.place import place


def test_a_relative_path_has_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert place(Path("pictures/birds")) == f"pictures/birds in {tmp_path}"
    assert place(tmp_path / "birds") == str(tmp_path / "birds")
