"""idx files under the names of other tools, and what is there instead of them."""

import pytest

from advspace_plugins.dataset.idx.find import find_idx, other_forms

FILE = "t10k-images-idx3-ubyte"


@pytest.mark.parametrize(
    "name",
    [
        FILE,
        f"{FILE}.gz",
        "t10k-images.idx3-ubyte",
        "t10k-images.idx3-ubyte.gz",
        f"{FILE}/{FILE}",
        "t10k-images.idx3-ubyte/t10k-images.idx3-ubyte",
    ],
)
def test_names_of_other_tools(tmp_path, name):
    path = tmp_path / "second" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert find_idx((tmp_path / "first", tmp_path / "second"), FILE) == path
    assert find_idx((tmp_path / "second",), "t10k-labels-idx1-ubyte") is None


def test_the_published_name_comes_first(tmp_path):
    for folder, name in (("first", "t10k-images.idx3-ubyte"), ("second", FILE), ("second", f"{FILE}.gz")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_bytes(b"")
    assert find_idx((tmp_path / "first", tmp_path / "second"), FILE) == tmp_path / "second" / FILE


def test_other_forms_are_named(tmp_path):
    assert other_forms((tmp_path / "gone", tmp_path)) == ""
    (tmp_path / "readme.txt").write_text("")
    assert other_forms((tmp_path,)) == ""
    (tmp_path / "mnist.npz").write_bytes(b"")
    (tmp_path / "mnist_train.CSV").write_bytes(b"")
    assert other_forms((tmp_path,)) == (
        f" ({tmp_path}/mnist.npz, {tmp_path}/mnist_train.CSV cannot be read: only idx files can)"
    )
