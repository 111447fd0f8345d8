"""ImageNet's classes: in timm's order, found by id, number or name."""

import csv

import pytest

from advspace import AdvspaceError
from advspace_plugins.dataset.pictures.wordnet import class_names, class_number, wordnet_ids


def test_ids_are_in_the_order_of_the_logits():
    ids = wordnet_ids()
    assert len(ids) == 1000
    assert list(ids) == sorted(set(ids))
    assert (ids[278], ids[399], ids[980]) == ("n02119789", "n02667093", "n09472597")


def test_every_name_is_its_own():
    names = class_names()
    assert len(set(names)) == 1000
    assert (names[278], names[134], names[517]) == ("kit fox", "crane (n02012849)", "crane (n03126707)")


@pytest.mark.parametrize(
    "key", ["n02119789", 278, "278", "kit fox", "Vulpes macrotis"], ids=["id", "number", "digits", "name", "latin"]
)
def test_found(key):
    assert class_number(key) == 278


def test_every_class_is_found_by_what_it_is_called():
    assert [class_number(name) for name in class_names()] == list(range(1000))
    assert [class_number(id_) for id_ in wordnet_ids()] == list(range(1000))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("crane", r"'crane' names several classes of ImageNet, n02012849 and n03126707; give the id"),
        ("n02119788", r"'n02119788' is not a class of ImageNet: .*; nearest: .*n02119789"),
        ("n2119789", r"nearest: n02119789"),
        ("kitfox", r"nearest: .*kit fox"),
        (1000, r"'1000' is not a class of ImageNet: neither a WordNet id .*, nor a number 0 ... 999, nor a name$"),
        (-1, "'-1' is not a class"),
    ],
)
def test_not_found(key, said):
    with pytest.raises(AdvspaceError, match=said):
        class_number(key)


@pytest.mark.data
def test_real_table(real_data):
    """The table that came with the photographs has the same order, and a name that its class is found by."""
    with (real_data / "imagenet_classes.tsv").open() as table:
        rows = [row for row in csv.reader(table, delimiter="\t") if row[0].isdecimal()]
    assert [(int(row[0]), row[1]) for row in rows] == list(enumerate(wordnet_ids()))
