"""scikit-learn's digits as a dataset."""

from pathlib import Path

import pytest
import torch
from sklearn.datasets import load_digits

from advspace import AdvspaceError
from advspace_plugins.dataset import digits
from advspace_plugins.dataset.digits import Digits


@pytest.mark.parametrize("file", [digits.FILE, Path("elsewhere.csv.gz")], ids=str)
def test_every_real_digit_is_in_exactly_one_split(monkeypatch, file):
    """Compared as multisets with scikit-learn's own array, read from its file or by it."""
    monkeypatch.setattr(digits, "FILE", file)
    digits._read.cache_clear()
    splits = [Digits().split(name) for name in ("train", "test")]
    assert [len(split) for split in splits] == [1200, 597]
    ours = torch.cat([split.image for split in splits]).flatten(1) * 16
    pixels, labels = load_digits(return_X_y=True)
    rows = torch.cat([ours, torch.cat([split.label for split in splits])[:, None]], 1)
    theirs = torch.cat([torch.from_numpy(pixels).float(), torch.from_numpy(labels)[:, None]], 1)
    assert sorted(rows.int().tolist()) == sorted(theirs.int().tolist())


def test_split_is_for_ever():
    test = Digits().split("test")
    assert test[0].id == "digits-test-000"
    assert test.label[:12].tolist() == [2, 5, 4, 6, 3, 9, 8, 4, 1, 8, 6, 9]


def test_padding_is_black_and_changes_nothing_else():
    plain, padded = Digits().split("test"), Digits(padding=8)
    assert padded.shape == (1, 24, 24)
    assert torch.equal(padded.split("test").image[..., 8:16, 8:16], plain.image)
    assert padded.split("test").image.sum() == plain.image.sum()


def test_only_some_digits():
    dataset = Digits(only=(8, 3))
    assert dataset.classes == ["3", "8"]
    test, whole = dataset.split("test"), Digits().split("test")
    assert len(test) == ((whole.label == 3) | (whole.label == 8)).sum()
    assert torch.equal(test.image[test.label == 1], whole.image[whole.label == 8])


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"padding": -1}, "padding must be >= 0, got -1"), ({"only": (3,)}, "at least two"), ({"only": (3, 10)}, "of 0")],
)
def test_refused(settings, said):
    with pytest.raises(AdvspaceError, match=said):
        Digits(**settings)
