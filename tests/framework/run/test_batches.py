"""The images that are still to do: what a batch holds, and how processes share them."""

from dataclasses import replace

import pytest
import torch
from made_splits import COUNT, Scattered, chosen

from advspace import AdvspaceError
from advspace.dataset.contract import UNLABELLED
from advspace.run.batches import Batches, Pending


@pytest.fixture
def network(linear):
    """Bright where the pixel is above a half."""
    return linear(torch.tensor([[0.0], [2.0]]), torch.tensor([0.999, 0.0]))


def test_work_has_the_chosen_labels_and_says_which_were_given(network):
    split = Scattered([UNLABELLED, *(int(index >= COUNT / 2) for index in range(1, COUNT))])
    result = chosen(network, split, COUNT)
    work = Pending(split, result, range(COUNT)).work(list(range(COUNT)))
    assert work.batch.label.tolist() == result.labels
    assert [work.batch.ids[place] for place in (~work.labelled).nonzero()] == ["image-0"]


@pytest.mark.parametrize("change", [{"lost": range(COUNT)}, {}])
def test_chosen_images_must_still_be_there(network, change):
    result = chosen(network, Scattered(), 3)
    if not change:
        result = replace(result, indices=[COUNT, *result.indices[1:]])
    with pytest.raises(AdvspaceError, match=f"image {result.ids[0]} was chosen when the run began and is not there"):
        Pending(Scattered(**change), result, range(3)).work([0, 1])


@pytest.mark.parametrize(
    ("batch_size", "processes", "cut"),
    [(4, 1, [4, 4, 2]), (4, 2, [4, 4, 2]), (64, 1, [10]), (64, 4, [3, 3, 3, 1]), (64, 8, [2, 2, 2, 2, 2, 0, 0, 0])],
)
def test_every_process_has_a_batch_of_its_own(network, batch_size, processes, cut):
    result = chosen(network, Scattered(), 12)
    batches = Batches.of(Pending(Scattered(), result, range(2, 12)), batch_size, processes)
    work = [batches[number] for number in range(len(batches))]
    assert [len(piece.batch.ids) for piece in work] == cut
    assert [id_ for piece in work for id_ in piece.batch.ids] == result.ids[2:]
    assert work[0].position == 2
    assert batches.of_first(processes) == sum(cut[::processes])
