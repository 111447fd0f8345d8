"""Which images are chosen: by labels, without labels, and where some cannot be read."""

import pytest
import torch
from made_splits import COUNT, Scattered, chosen

from advspace import AdvspaceError
from advspace.dataset.contract import UNLABELLED, fingerprint
from advspace.run.batches import Pending
from advspace.selection.selection import with_targets


@pytest.fixture
def network(linear):
    """Bright where the pixel is above a half."""
    return linear(torch.tensor([[0.0], [2.0]]), torch.tensor([0.999, 0.0]))


@pytest.mark.parametrize("batch_size", [1, 7, 256])
def test_batch_size_changes_nothing(network, batch_size):
    def split():
        return Scattered([0, *(int(index >= COUNT / 2) for index in range(2, COUNT)), 0], lost=range(3, 40, 4))

    one, other = chosen(network, split(), 25), chosen(network, split(), 25, batch_size)
    assert one == other
    assert one.misclassified
    assert one.unreadable


def test_nothing_is_read_beyond_the_last_chosen(network):
    split = Scattered()
    assert chosen(network, split, 7).indices == split.read
    assert len(split.read) == 7


def test_what_cannot_be_read_is_passed_over(network):
    whole = chosen(network, Scattered(), 10)
    lost = whole.indices[3:5]
    fewer = chosen(network, Scattered(lost=lost), 10)
    assert fewer.unreadable == [f"image-{index}" for index in lost]
    assert fewer.ids[:8] == [id_ for id_ in whole.ids if id_ not in fewer.unreadable]
    assert len(fewer.ids) == 10
    assert fingerprint(Scattered()) != fingerprint(Scattered(lost=lost))


def test_without_labels_the_prediction_is_the_label(network):
    result = chosen(network, Scattered(COUNT * [UNLABELLED]), COUNT)
    assert result.misclassified == []
    assert result.labels == [int(index >= COUNT / 2) for index in result.indices]
    assert result.targets == [1 - label for label in result.labels]
    aimed = chosen(network, Scattered(COUNT * [UNLABELLED]), COUNT, target="bright")
    assert len(aimed.on_target) == len(aimed.ids) == COUNT / 2


def test_several_targets_keep_an_images_attacks_together_and_read_it_once(network):
    one = chosen(network, Scattered(), 4)
    result = with_targets(one, classes=5, per_image=3, seed=0)
    assert result.ids == [id_ for id_ in one.ids for _ in range(3)]
    assert result.images == one.images == 4
    assert [result.turn(place) for place in range(12)] == 4 * [0, 1, 2]
    split = Scattered()
    work = Pending(split, result, [1, 2, 3, 7]).work([1, 2, 3, 7])
    assert work.batch.ids == [one.ids[0], one.ids[0], one.ids[1], one.ids[2]]
    assert work.batch.image.flatten().tolist() == pytest.approx([one.indices[place] / COUNT for place in (0, 0, 1, 2)])
    assert work.target.tolist() == [result.targets[place] for place in (1, 2, 3, 7)]
    assert work.turns == [1, 2, 0, 1]
    assert split.read == one.indices[:3]


def test_nothing_left_to_attack(network):
    with pytest.raises(AdvspaceError, match=r"none of the 60 images .*: 30 are misclassified, .* 30 cannot be read"):
        chosen(network, Scattered(COUNT * [1], lost=range(30, COUNT)))
