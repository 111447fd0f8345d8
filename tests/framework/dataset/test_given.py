"""Forms of images and labels."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import IterableDataset, Subset, TensorDataset

from advspace.dataset.given import images_and_labels
from advspace.errors import AdvspaceError

GREY = np.arange(0, 250, 10, dtype=np.uint8).reshape(5, 5)
COLOURED = np.stack([GREY, GREY.T, 255 - GREY], axis=2)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (Image.fromarray(GREY), GREY[None] / 255),
        (Image.fromarray(COLOURED), COLOURED.transpose(2, 0, 1) / 255),
        (Image.fromarray(GREY > 100), (GREY > 100)[None] * 1.0),
    ],
)
def test_pictures_have_black_at_zero_and_white_at_one(picture, expected):
    images, labels = images_and_labels([picture, picture])
    assert images.dtype == torch.float32
    assert images.numpy() == pytest.approx(np.stack([expected, expected]))
    assert labels is None


class Pictures(torch.utils.data.Dataset):
    """As those of torchvision without a transform."""

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return Image.fromarray(GREY + np.uint8(index)), index


def test_datasets_bring_images_and_labels():
    image, label = torch.rand(4, 1, 2, 2), torch.tensor([2, 0, 1, 1])
    images, labels = images_and_labels(Subset(TensorDataset(image, label), [1, 3]))
    assert torch.equal(images, image[[1, 3]])
    assert labels.tolist() == [0, 1]
    images, labels = images_and_labels(Pictures())
    assert images.shape == (3, 1, 5, 5)
    assert (images[:, 0, 0, 0] * 255).round().tolist() == labels.tolist() == [0, 1, 2]
    assert images_and_labels(TensorDataset(image))[1] is None


class Endless(IterableDataset):
    def __iter__(self):
        yield torch.zeros(1, 2, 2)


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        ([Image.fromarray(GREY), Image.fromarray(GREY[:4])], None, r"one size and one mode, got L \(5, 4\) and L"),
        ([Image.fromarray(GREY), GREY], None, "one size and one mode, got L .* and ndarray"),
        ([Image.fromarray(GREY).convert("P")], None, "of mode 1, L, RGB, got P; convert each"),
        ([Image.fromarray(COLOURED).convert("RGBA")], None, "got RGBA; convert each of them: picture.convert"),
        (Image.fromarray(GREY), None, r"images must be a list of pictures, got one; write \[picture\]"),
        (Endless(), None, "a dataset with a length, got Endless"),
        (Pictures(), [0, 1, 2], "labels must be None if the dataset has labels"),
        (TensorDataset(*3 * [torch.zeros(2, 1)]), None, "pairs of image and label, got items of 3 values"),
    ],
)
def test_refused(images, labels, said):
    with pytest.raises(AdvspaceError, match=said):
        images_and_labels(images, labels)


def test_whole_numbers_of_arrays_stay_so_that_they_can_be_refused():
    """0 ... 255 is the usual range of a picture, but 0 ... 16 is that of scikit-learn's digits."""
    assert images_and_labels(COLOURED[None])[0].dtype == torch.uint8
    assert images_and_labels([torch.from_numpy(GREY)])[0].dtype == torch.uint8
