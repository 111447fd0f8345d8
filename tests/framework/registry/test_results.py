"""Plugins that return something else than their contract says: the message names the plugin, and nothing else."""

from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import nn

from advspace import Adversarial, Attack, Dataset, Model, Noise, Probe, ProbeRecord, Problem, Stop, TensorSplit
from advspace.clauses import Owner
from advspace.dataset.contract import Batch
from advspace.errors import PluginError
from advspace.registry.guard import plugin_faults
from advspace.registry.results import guarded_plugin

IMAGE = torch.full((2, 1, 2, 2), 0.5)
LABEL, TARGET = torch.tensor([0, 0]), torch.tensor([1, 1])
SAMPLED = (IMAGE[0], 1.0, 3, torch.Generator())
NAN = torch.full((2,), torch.nan)
MADE = Adversarial(IMAGE, torch.tensor([True, True]), ("", ""), NAN, NAN, torch.ones(2, dtype=torch.int64))
RECORD = ProbeRecord("a", 1, "adversarial", "clip", 1.0, 2, 2, 0, 0, [0, 2], 0.0, 0.1, 0.2, 0.0)


@dataclass(frozen=True)
class Gives(Noise, Attack, Probe):
    """A noise, an attack and a probe that returns what it is given, or raises it."""

    it: Any

    def sample(self, distortion, scale, draws, generator):
        return self.__call__()

    def __call__(self, *arguments):
        if isinstance(self.it, Exception):
            raise self.it
        return self.it


def guard(kind, plugin):
    return guarded_plugin(plugin, Owner(kind, "theirs", "their_package 1.0"))


def refusal(kind, call):
    with pytest.raises(PluginError) as caught, plugin_faults():
        call()
    said = str(caught.value)
    assert said.startswith(f"{kind} 'theirs' of their_package 1.0 ")
    assert f"advspace.testing.check_{kind} tests it" in said
    return said


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (torch.zeros(3, 4), r"must give noise of shape [3, 1, 2, 2], got [3, 4];"),
        (torch.zeros(2, 1, 2, 2), r"must give noise of shape [3, 1, 2, 2], got [2, 1, 2, 2];"),
        (torch.zeros(3, 1, 2, 2).double(), "must give noise as torch.float32, got torch.float64;"),
        ([[0.0]], "must give noise as a tensor, got list;"),
        (KeyError("sigma"), "failed (KeyError: 'sigma'; HYDRA_FULL_ERROR=1 shows where);"),
        (FileNotFoundError(2, "No such file", "law.npy"), "failed (cannot use law.npy: No such file; check the path;"),
    ],
)
def test_a_noise(block, said):
    assert said in refusal("noise", lambda: guard("noise", Gives(block)).sample(*SAMPLED))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (None, "must return an advspace.Adversarial, got NoneType;"),
        ({"image": IMAGE[:1]}, "must give image of shape [2, 1, 2, 2], got [1, 1, 2, 2];"),
        ({"success": torch.ones(2)}, "must give 'success' as a tensor of one flag per image, got"),
        ({"reason": ("",)}, "must give reasons as a tuple of one text per image, got ('',);"),
        ({"evaluations": 3}, "must give 'evaluations' as a tensor of one whole number per image, got 3;"),
        ({"extra": {"k": 1.0}}, "must give 'k' as a tensor of one floating-point number per image, got 1.0;"),
        (ZeroDivisionError("division by zero"), "failed (ZeroDivisionError: division by zero; HYDRA_FULL_ERROR=1"),
    ],
)
def test_an_attack(changes, said, tampered):
    made = tampered(MADE, **changes) if isinstance(changes, dict) else changes
    assert said in refusal("attack", lambda: guard("attack", Gives(made))(nn.Flatten(), IMAGE, LABEL, TARGET))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "must return a list of advspace.ProbeRecord, or an advspace.ProbeResult, got NoneType;"),
        ([RECORD, 3], "or an advspace.ProbeResult, got list of ProbeRecord, int;"),
        (AssertionError(), "failed (AssertionError; HYDRA_FULL_ERROR=1 shows where);"),
    ],
)
def test_a_probe(given, said):
    assert said in refusal("probe", lambda: guard("probe", Gives(given))(nn.Flatten(), None, None, None))


def test_what_keeps_the_contract_is_passed_on():
    block = torch.zeros(3, 1, 2, 2)
    assert guard("noise", Gives(block)).sample(*SAMPLED) is block
    assert guard("attack", Gives(MADE))(nn.Flatten(), IMAGE, LABEL, TARGET) is MADE
    assert guard("probe", Gives([RECORD]))(nn.Flatten(), None, None, None) == [RECORD]


class Stray(Gives):
    measure = "far"

    def score_at(self, problem):
        return lambda point: point[:1].mean((1, 2, 3))

    def after_stop(self, problem, made, stop):
        raise RuntimeError("no")

    def about(self, ids):
        return None


def test_the_other_methods_of_an_attack_and_the_measure_of_a_probe():
    problem = Problem(nn.Flatten(), IMAGE, LABEL, TARGET)
    stray = guard("attack", Stray(MADE))
    assert "must give the score as a tensor of one" in refusal("attack", lambda: stray.score_at(problem)(IMAGE))
    assert "failed (RuntimeError: no;" in refusal("attack", lambda: stray.after_stop(problem, MADE, Stop()))
    assert "return an advspace.Attack from `about`" in refusal("attack", lambda: stray.about(["a", "b"]))
    assert "advspace.Measure, got str" in refusal("probe", lambda: guard("probe", Stray(None)))


@dataclass(frozen=True, kw_only=True)
class Builds(Model):
    net: Any = None

    def network(self, shape, classes):
        return self.net


class Strict(nn.Flatten):
    def forward(self, image):
        assert image.shape[1:] == (1, 2, 2), "2 x 2 only"
        return super().forward(image)


def test_a_model():
    network = guard("model", Builds(net=Strict())).network((1, 2, 2), 4)
    assert (repr(network), network.state_dict()) == (repr(Strict()), {})
    assert network(IMAGE).shape == (2, 4)
    assert "failed (AssertionError: 2 x 2 only" in refusal("model", lambda: network(torch.zeros(1, 1, 3, 3)))
    assert "must build a torch.nn.Module, got str" in refusal(
        "model", lambda: guard("model", Builds(net="net")).network((1, 2, 2), 4)
    )
    other = guard("model", Builds(net=Strict())).network((1, 2, 2), 7)
    assert "must give logits [2, 7], got [2, 4]; choose a model of the dataset's 7 classes, or another" in refusal(
        "model", lambda: other(IMAGE)
    )


@dataclass(frozen=True)
class Reads(Dataset):
    """Two images; some of the parts are changed."""

    shape: Any = (1, 2, 2)
    classes: Any = ("one", "two")
    whole: Any = None
    batch: Any = None

    def split(self, name):
        return self.whole or Changed(name, IMAGE, LABEL, 2, self.batch)


@dataclass(frozen=True)
class Changed(TensorSplit):
    changes: Any = None

    def __getitems__(self, indices):
        return super().__getitems__(indices)._replace(**self.changes) if self.changes else None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (None, "must give several images as a Batch, got NoneType;"),
        ({"ids": ["x", "y"]}, "must give a batch the ids that were asked for (test-0, test-1, ...), got ['x', 'y'];"),
        ({"image": IMAGE.double()}, "must give images as torch.float32, got torch.float64;"),
        ({"image": IMAGE[:, :, :1]}, "must give images of shape [2, 1, 2, 2], got [2, 1, 1, 2];"),
        ({"image": 255 * IMAGE}, "must keep pixels in the box [0, 1], got others in test-0, test-1;"),
        ({"image": IMAGE / 0 * 0}, "must keep pixels in the box [0, 1], got others in test-0, test-1;"),
        ({"label": torch.tensor([0, 7])}, "must give labels from 0 to 1, or UNLABELLED, got [7];"),
        ({"label": torch.zeros(2)}, "must give one whole number as label of each image, got"),
    ],
)
def test_a_batch_of_a_dataset(changes, said):
    split = guard("dataset", Reads(batch=changes)).split("test")
    assert said in refusal("dataset", lambda: split.__getitems__([0, 1]))


def test_a_dataset_and_its_splits():
    assert "channels, height and width, got (28, 28)" in refusal(
        "dataset", lambda: guard("dataset", Reads((28, 28))).shape
    )
    assert "by a different text, got ('a', 'a')" in refusal(
        "dataset", lambda: guard("dataset", Reads(classes=("a", "a"))).classes
    )
    assert "give its test split as an advspace.Split, got list" in refusal(
        "dataset", lambda: guard("dataset", Reads(whole=[1])).split("test")
    )
    split = guard("dataset", Reads(batch={"label": torch.tensor([-1, 1])})).split("test")
    batch = split.__getitems__([1, 0])
    assert isinstance(batch, Batch)
    assert (len(split), batch.ids, batch.label.tolist()) == (2, ["test-1", "test-0"], [-1, 1])
