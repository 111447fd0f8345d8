"""The contract of a model, clause by clause."""

import json

import torch
from torch import Tensor, nn

from advspace.dataset.preparation import Preparation
from advspace.forward.padding import MIN_ROWS
from advspace.model.contract import Model, freeze
from advspace.shapes import Shape
from advspace.testing.clauses import Subject, devices
from advspace.testing.installation import check_settings
from advspace.testing.randomness import own_randomness

CLOSE = 1e-4
"""Largest change of a logit with the size of the batch, by rounding, relative to the largest logit."""


def check_model(model: Model, *, shape: Shape | None = None, classes: int = 10, installed: bool = True) -> None:
    """Test a model against its contract.

    Args:
        model: The model.
        shape: Channels, height and width of the test images; None for the size of its preparation, or 3 x 32 x 32 if it
            has none.
        classes: Number of classes.
        installed: Whether the class must have an entry point, as for `model=<name>` on the command line.

    Raises:
        ContractError: a clause is broken; the message names it.
    """
    subject = Subject("model", model)
    check_settings(subject, named=installed)
    shape = shape or _shape(subject)
    _settings(subject, shape, classes)
    _initial_weights(subject, shape, classes)
    for device in devices():
        network = _network(subject, shape, classes)
        freeze(network.to(device))
        image = torch.rand((7, *shape), generator=torch.Generator().manual_seed(0)).to(device)
        image[0], image[1] = 0, 1
        with own_randomness(subject, "a frozen network is a function of its pixels"):
            _logits(subject, network, image, classes)
            _batches(subject, network, image)
            _gradient(subject, network, image)
    if not model.trained:
        _learns(subject, shape, classes)


def _shape(subject: Subject) -> Shape:
    wanted = subject.plugin.preparation
    subject.must("give its preparation as an advspace.Preparation, or None", isinstance(wanted, Preparation | None))
    return (3, wanted.height, wanted.width) if wanted else (3, 32, 32)


def _settings(subject: Subject, shape: Shape, classes: int) -> None:
    """The settings are part of the key of cached weights."""
    before = subject.asked(
        "have settings that JSON can hold, because they are part of the key of cached weights",
        lambda: json.dumps(subject.plugin.settings),
    )
    _network(subject, shape, classes)
    after = json.dumps(subject.plugin.settings, default=repr)
    clause = "keep its settings when it builds a network, because they are part of the key of cached weights"
    subject.must(clause, before == after)


def _initial_weights(subject: Subject, shape: Shape, classes: int) -> None:
    one, same = (_network(subject, shape, classes).state_dict() for _ in range(2))
    subject.must(
        "build the same network twice for one seed of torch",
        one.keys() == same.keys() and all(torch.equal(one[name], same[name]) for name in one),
    )
    ends = []
    for seed in (1, 2):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            subject.plugin.network(shape, classes)
            ends.append(torch.get_rng_state())
    subject.must(
        "leave the seed of torch to the run, which sets it before the network is built", ends[0].ne(ends[1]).any()
    )


def _logits(subject: Subject, network: nn.Module, image: Tensor, classes: int) -> None:
    kept = image.clone()
    logits = _answer(subject, network, image)
    subject.tensor("logits", logits, image, (len(image), classes))
    subject.must("give finite logits, also for black and white images", torch.isfinite(logits).all())
    subject.must("leave the images it is given as they are", torch.equal(image, kept))
    subject.must("give the same logits for the same image", torch.equal(_answer(subject, network, image), logits))


def _batches(subject: Subject, network: nn.Module, image: Tensor) -> None:
    whole, few = _answer(subject, network, image), _answer(subject, network, image[-MIN_ROWS:])
    worst = float((whole[-MIN_ROWS:] - few).abs().max())
    kept = worst <= CLOSE * (1 + float(whole.abs().max()))
    subject.must("classify each image by itself, whatever else is in the batch", kept, f"logits {worst:.3g} apart")


def _gradient(subject: Subject, network: nn.Module, image: Tensor) -> None:
    image = image.clone().requires_grad_()
    clause = "give logits that torch can differentiate by the pixels"
    (slope,) = subject.asked(clause, lambda: torch.autograd.grad(network(image).logsumexp(1).sum(), image))
    subject.must("have finite gradients, also at black and white images", torch.isfinite(slope).all())


def _learns(subject: Subject, shape: Shape, classes: int) -> None:
    """The network can be trained, and its state_dict is complete."""
    network, other = _network(subject, shape, classes), _network(subject, shape, classes, seed=1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        image = torch.rand(MIN_ROWS, *shape)
        subject.asked(
            "be trainable: its loss has a gradient", lambda: network.train()(image).logsumexp(1).sum().backward()
        )
    subject.must(
        "have weights to train, or say that it is `trained`",
        any(weight.grad is not None for weight in network.parameters()),
    )
    subject.asked("build networks that load one another's weights", lambda: other.load_state_dict(network.state_dict()))
    subject.must(
        "hold all its state in parameters and buffers, so that cached weights are complete",
        torch.equal(_answer(subject, freeze(network), image), _answer(subject, freeze(other), image)),
    )


def _network(subject: Subject, shape: Shape, classes: int, seed: int = 0) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        clause = f"build a network for images {list(shape)} and {classes} classes"
        network: nn.Module = subject.asked(clause, lambda: subject.plugin.network(shape, classes))
    subject.must("build a torch.nn.Module", isinstance(network, nn.Module), type(network).__name__)
    return network


def _answer(subject: Subject, network: nn.Module, image: Tensor) -> Tensor:
    with torch.no_grad():
        logits: Tensor = subject.asked(f"answer on {image.device}", lambda: network(image))
    return logits
