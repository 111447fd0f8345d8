"""The contract of an attack, clause by clause."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import torch
from torch import Tensor, nn

from advspace.attack.cache import row_of
from advspace.attack.contract import UNTARGETED, Adversarial, Attack, Problem, aims, answer, joined, margin
from advspace.attack.form import adversarial_form
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified
from advspace.box import inside
from advspace.errors import AdvspaceError
from advspace.model.contract import freeze
from advspace.records.rows import ImageRecord
from advspace.registry.components import IMAGE_KINDS
from advspace.testing.clauses import Subject, devices
from advspace.testing.installation import check_settings
from advspace.testing.randomness import own_randomness

CLOSE = 1e-4
"""Largest change of a pixel with the size of the batch, by rounding."""
HOPELESS = 1e6
"""Lag of the last class in logits, so large that no image can reach the class."""
TAKEN = {field.name for field in fields(ImageRecord)} | {*IMAGE_KINDS, *(f"{kind}_version" for kind in IMAGE_KINDS)}


def check_attack(
    attack: Attack, *, network: nn.Module | None = None, image: Tensor | None = None, installed: bool = True
) -> None:
    """Test an attack against its contract.

    Args:
        attack: The attack.
        network: Classifier with at least three classes; None for a linear classifier of 8 x 8 pixels.
        image: At least three images for it, in the box; None for random images.
        installed: Whether the class must have an entry point, as for `attack=<name>` on the command line.

    Raises:
        ContractError: a clause is broken; the message names it.
    """
    subject = Subject("attack", attack)
    check_settings(subject, named=installed)
    for device in devices():
        problem = _problem(network, image, device)
        with own_randomness(subject, "its results are a function of model, image and target"), _one_thread():
            made = _targeted(subject, *problem)
            _batches(subject, made, *problem)
            _moved(subject, made, Problem(*problem))
            _untargeted(subject, *problem)
            _hopeless(subject, *problem)


def _targeted(subject: Subject, model: nn.Module, image: Tensor, label: Tensor, target: Tensor) -> Adversarial:
    made = _made(subject, model, image, label, target)
    _claims(subject, made, model, image, label, target)
    reasons = ", ".join(dict.fromkeys(made.reason))
    subject.must(
        "succeed on at least one of these images, because the other clauses need a success", made.success.any(), reasons
    )
    again = _made(subject, model, image, label, target)
    subject.must("give the same result again for the same images", _same(again.image, made.image, 0.0))
    return made


def _batches(
    subject: Subject, made: Adversarial, model: nn.Module, image: Tensor, label: Tensor, target: Tensor
) -> None:
    clause = "treat every image by itself: the same result alone and in any batch"
    for rows in ([int(made.success.int().argmax())], list(range(len(image)))[::-1]):
        part = _made(subject, model, image[rows], label[rows], target[rows])
        kept = part.success.tolist() == made.success[rows].tolist() and _same(part.image, made.image[rows], CLOSE)
        subject.must(clause, kept, f"another one for images {rows} of {len(image)}")


def _moved(subject: Subject, made: Adversarial, problem: Problem) -> None:
    """Clauses for `after_stop`, after the stop rule has moved the images."""
    rows = list(range(len(problem.image)))[::-1]
    turned = Problem(problem.model, problem.image[rows], problem.label[rows], problem.target[rows])
    for rule in ("tight", "overshoot"):
        one = _finished(subject, rule, problem, made)
        other = _finished(subject, rule, turned, joined([row_of(made, row) for row in rows]))
        same = torch.equal(other.success, one.success[rows]) and _same(other.image, one.image[rows], CLOSE)
        subject.must(f"treat every image by itself after the stop rule too (attack.stop={rule})", same)


def _finished(subject: Subject, rule: str, problem: Problem, made: Adversarial) -> Adversarial:
    claimed = verified(made, problem.model, problem.label, problem.target)
    stop = subject.plugin.default_stop.changed(rule)
    clause = f"let its images be moved (attack.stop={rule})"
    result: Adversarial = subject.asked(clause, lambda: stopped(subject.plugin, stop, problem, claimed))
    _form(subject, result, problem.image)
    return result


def _untargeted(subject: Subject, model: nn.Module, image: Tensor, label: Tensor, target: Tensor) -> None:
    """Any class except the label as the goal; an attack may raise an AdvspaceError instead."""
    anything = torch.full_like(target, UNTARGETED)
    try:
        made = subject.plugin(model, image, label, anything)
    except AdvspaceError:
        return
    except Exception as error:
        clause = "take advspace.UNTARGETED as a target, or refuse it with an AdvspaceError"
        raise subject.broken(f"{clause}, got {type(error).__name__}: {error}") from error
    _form(subject, made, image)
    _claims(subject, made, model, image, label, anything)


def _hopeless(subject: Subject, model: nn.Module, image: Tensor, label: Tensor, target: Tensor) -> None:
    """A target class that no image can reach."""
    classes = answer(model, image).shape[1]
    never = freeze(nn.Sequential(model, _Behind(classes)).to(image.device))
    label = torch.where(label == classes - 1, target, label)
    made = _made(subject, never, image, label, torch.full_like(target, classes - 1))
    _claims(subject, made, never, image, label, torch.full_like(target, classes - 1))


def _form(subject: Subject, made: Any, image: Tensor) -> None:
    for clause in adversarial_form(made, image):
        subject.must(*clause)
    taken = sorted(TAKEN & set(made.extra))
    subject.must("give extra columns names that the table of images does not have", not taken, ", ".join(taken))


def _claims(
    subject: Subject, made: Adversarial, model: nn.Module, image: Tensor, label: Tensor, target: Tensor
) -> None:
    good, safe = made.success.to(image.device), made.image.nan_to_num(0.0)
    subject.must("keep every success in the box", inside(made.image)[good].all())
    logits = answer(model, safe)
    led = margin(logits, aims(label, target, logits.shape[1]))
    subject.must("claim success only where the model gives the target", (led > 0)[good].all())
    near = (made.margin.to(led) - led).abs() <= 1e-3 * (1 + led.abs())
    subject.must("give the target's lead over the other classes as `margin`", near[good].all())
    subject.must("return all NaN where it fails, never the clean image", made.image[~good].isnan().all())
    matching = [bool(reason) != bool(success) for reason, success in zip(made.reason, good.tolist(), strict=True)]
    subject.must("give a reason where it fails, and none where it succeeds", all(matching), made.reason)


def _made(subject: Subject, model: nn.Module, image: Tensor, label: Tensor, target: Tensor) -> Adversarial:
    """The result of one call, which must not change images and model."""
    given = [tensor.clone() for tensor in (image, label, target)]
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    made: Any = subject.asked(
        f"attack {len(image)} images on {image.device}", lambda: subject.plugin(model, image, label, target)
    )
    same = all(torch.equal(*pair) for pair in zip(given, (image, label, target), strict=True))
    subject.must("leave images, labels and targets as they are", same)
    frozen = not model.training and not any(p.requires_grad or p.grad is not None for p in model.parameters())
    same = all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    subject.must("leave the model frozen, in evaluation mode and with its weights", frozen and same)
    _form(subject, made, image)
    result: Adversarial = made
    return result


def _problem(network: nn.Module | None, image: Tensor | None, device: torch.device) -> tuple[Any, ...]:
    """A frozen model, images, their labels, and the classes with the second-largest logit as targets."""
    generator = torch.Generator().manual_seed(0)
    if network is None:
        network = nn.Sequential(nn.Flatten(), nn.Linear(64, 5))
        with torch.no_grad():
            for weight in network.parameters():
                weight.normal_(generator=generator)
    if image is None:
        image = torch.rand(5, 1, 8, 8, generator=generator).sub(0.2).clamp(0, 1)
    model, image = freeze(network.to(device)), image.to(device)
    best = answer(model, image).topk(2).indices
    return model, image, best[:, 0], best[:, 1]


class _Behind(nn.Module):
    """Subtracts so much from the logit of the last class that no image can reach it."""

    lag: Tensor

    def __init__(self, classes: int) -> None:
        super().__init__()
        lag = torch.zeros(classes)
        lag[-1] = HOPELESS
        self.register_buffer("lag", lag)

    def forward(self, logits: Tensor) -> Tensor:
        return logits - self.lag


def _same(one: Tensor, other: Tensor, tolerance: float) -> bool:
    return torch.allclose(one, other, rtol=0.0, atol=tolerance, equal_nan=True)


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread, with which the result of a row does not depend on the size of the batch."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
