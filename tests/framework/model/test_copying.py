"""Copies of networks that keep what they computed."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from advspace.model.copying import copied

IMAGE = torch.rand(2, 4)


class Keeping(nn.Linear):
    """Keeps its last answer in an attribute, and in containers in one."""

    def forward(self, image):
        self.last = super().forward(image)
        self.all = {"answers": [self.last, (self.last * 2,)]}
        self.all["self"] = self.all
        return self.last


def test_kept_activations_are_copied_without_their_history():
    network = nn.Sequential(Keeping(4, 3))
    answer = network(IMAGE)
    copy = copied(network)
    assert answer.requires_grad
    assert not copy[0].last.requires_grad
    assert copy[0].all["answers"][0] is copy[0].last
    assert torch.equal(copy[0].last, answer)
    copy[0].weight.data.zero_()
    assert network[0].weight.any()


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_weight_norm_of_the_old_kind():
    network = nn.utils.weight_norm(nn.Linear(4, 3))
    torch.testing.assert_close(copied(network)(IMAGE), network(IMAGE))


def test_a_trainer_is_shared():
    network = nn.Linear(4, 3)
    network._trainer = SimpleNamespace(data=object())
    assert copied(network)._trainer is network._trainer
