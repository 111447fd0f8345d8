"""Networks that write over what is not theirs."""

import pytest
import torch
from torch import nn

from advspace import AdvspaceError
from advspace.model.contract import freeze
from advspace.model.guard import Guarded, guarded

IMAGE = torch.linspace(0, 1, 3 * 4).reshape(3, 1, 2, 2)
HEAD = freeze(nn.Sequential(nn.Flatten(), nn.Linear(4, 3)))


class Changing(nn.Module):
    """Changes its input in one of several ways, then gives logits."""

    def __init__(self, change):
        super().__init__()
        self.head = HEAD
        self.change = change

    def forward(self, image):
        changed = self.change(image)
        return self.head(image if changed is None else changed)


class Reusing(nn.Module):
    def __init__(self):
        super().__init__()
        self.kept = torch.empty(3, 3)

    def forward(self, image):
        return self.kept.copy_(HEAD(image))


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.sub_(0.3).div_(0.4),
        lambda image: image.view(-1).mul_(2).view_as(image),
        lambda image: (image.data.add_(1), None)[1],
        lambda image: image.relu_(),  # changes nothing in the box, but probes may lie outside
    ],
)
def test_a_network_that_writes_into_its_input_gets_copies(change):
    with torch.no_grad():
        expected = Changing(change)(IMAGE.clone())
    image, network = IMAGE.clone(), guarded(Changing(change), IMAGE)
    assert isinstance(network, Guarded)
    with torch.no_grad():
        torch.testing.assert_close(network(image), expected)
    assert torch.equal(image, IMAGE)


def test_a_leaf_that_requires_gradients_can_be_normalised_in_place():
    point = IMAGE.clone().requires_grad_()
    (slope,) = torch.autograd.grad(
        guarded(Changing(lambda image: image.sub_(0.3).div_(0.4)), IMAGE)(point).sum(), point
    )
    torch.testing.assert_close(slope.flatten(1), (HEAD[1].weight.sum(0) / 0.4).expand(3, 4))


def test_answers_stay_though_the_network_reuses_its_memory():
    network = guarded(Reusing(), IMAGE)
    with torch.no_grad():
        first = network(IMAGE)
        network(1 - IMAGE)
    torch.testing.assert_close(first, HEAD(IMAGE))


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_logits_are_in_single_precision_at_least(kind):
    half = freeze(nn.Sequential(Changing(lambda image: image + 0), Cast(kind)))
    logits = guarded(half, IMAGE)(IMAGE)
    assert logits.dtype == torch.float32
    assert torch.equal(logits, HEAD(IMAGE).to(kind).float())


class Cast(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def forward(self, values):
        return values.to(self.kind)


def test_a_network_that_only_reads_is_used_as_it_is():
    assert guarded(HEAD, IMAGE) is HEAD


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            lambda image: {"logits": HEAD(image)},
            r"of two classes or more, got dict; let it give this",
        ),
        (lambda image: (HEAD(image), 1), "got tuple"),
        (lambda image: HEAD(image).argmax(1), r"got \[3\] for 3 images"),
        (lambda image: HEAD(image)[:2], r"got \[2, 3\] for 3 images"),
        (lambda image: HEAD(image).long(), "of two classes or more as floats, got int64$"),
        (lambda image: HEAD(image)[:, :1], r"got \[3, 1\]"),
        (lambda image: image.no_such_name, r"cannot take images of shape \[1, 2, 2\] \(.* has no attribute"),
    ],
)
def test_no_logits_are_refused_in_a_sentence(answer, said):
    class Answering(nn.Module):
        def forward(self, image):
            return answer(image)

    with pytest.raises(AdvspaceError, match=said) as caught:
        guarded(Answering(), IMAGE)
    assert "\n" not in str(caught.value)
