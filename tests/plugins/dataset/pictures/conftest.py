"""What the tests of pictures share."""

import pytest


@pytest.fixture
def broken(tree):
    """Three of the twelve pictures are broken: empty, truncated, no picture."""
    (tree / "n02119789" / "picture_1.png").write_bytes(b"")
    whole = (tree / "n02667093" / "picture_0.png").read_bytes()
    (tree / "n02667093" / "picture_0.png").write_bytes(whole[:45])
    (tree / "n07753592" / "picture_3.png").write_bytes(b"<html>")
    return tree
