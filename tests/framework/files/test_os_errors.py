"""Errors of the operating system: what to do fits what happened."""

import errno
import os

import pytest

from advspace.files.os_errors import REMEDIES, os_sentence


def raised(call):
    with pytest.raises(OSError, match=r"\[Errno") as caught:
        call()
    return os_sentence(caught.value)


def test_what_the_system_says_of_a_path(tmp_path):
    (tmp_path / "file").write_text("")
    gone, below, long = tmp_path / "gone", tmp_path / "file" / "x", tmp_path / ("n" * 300)
    assert raised(gone.read_bytes) == f"cannot use {gone}: No such file or directory; check the path"
    assert raised(below.read_bytes).endswith("check the path: a part of it is a file, not a folder")
    assert raised(tmp_path.read_bytes).endswith("Is a directory; it is a folder; give a file")
    assert raised(long.read_bytes).endswith("File name too long; choose a shorter name")
    assert raised((tmp_path / "file").mkdir).endswith("File exists; remove it or choose another folder")


@pytest.mark.parametrize("number", sorted(REMEDIES))
def test_space_is_asked_for_where_space_is_lacking_only(number):
    said = os_sentence(OSError(number, os.strerror(number), "x"))
    assert said.startswith(f"cannot use x: {os.strerror(number)}; ")
    assert ("free some space" in said) == (number in (errno.ENOSPC, errno.EDQUOT))


def test_an_error_without_a_number_or_with_two_names():
    assert os_sentence(OSError("the server\nis gone")) == "cannot use a file: the server is gone; try another folder"
    assert os_sentence(TimeoutError()) == "cannot use a file: TimeoutError; try another folder"
    moved = OSError(errno.EXDEV, "Invalid cross-device link", "a", None, "b")
    assert os_sentence(moved) == "cannot use a or b: Invalid cross-device link; try another folder"
