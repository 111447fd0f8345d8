"""The contract of an attack, clause by clause."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import torch
from torch import Tensor, nn

from advspace.attack.cache import row_of
from advspace.attack.contract import UNTARGETED, Adversarial, Attack, Problem, aims, answer, joined, margin
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
"""Pixels: what an image's company may change by rounding."""
HOPELESS = 1e6
"""Logits by which the last class is behind where no image can reach it."""
INTEGERS = torch.int64, torch.int32
TAKEN = {field.name for field in fields(ImageRecord)} | {*IMAGE_KINDS, *(f"{kind}_version" for kind in IMAGE_KINDS)}


def check_attack(
    attack: Attack, *, network: nn.Module | None = None, image: Tensor | None = None, installed: bool = True
) -> None:
    """Try an attack against its contract, on a linear classifier of 8 x 8 pixels unless another is given.

    Args:
        attack: The attack.
        network: Classifier to attack instead, with three classes or more.
        image: At least three images for it, in the box.
        installed: Whether its class is named by an entry point, as `attack=<name>` on the command line needs.

    Raises:
        ContractError: a clause is broken; says which.
    """
    subject = Subject("attack", attack)
    check_settings(subject, named=installed)
    for device in devices():
        problem = _problem(network, image, device)
        with own_randomness(subject, "its results are a function of model, image and target"), _one_thread():
            made = _targeted(subject, *problem)
            _company(subject, made, *problem)
            _moved(subject, made, Problem(*problem))
            _untargeted(subject, *problem)
            _hopeless(subject, *problem)


def _targeted(subject: Subject, model: nn.Module, image: Tensor, label: Tensor, target: Tensor) -> Adversarial:
    made = _made(subject, model, image, label, target)
    _claims(subject, made, model, image, label, target)
    reasons = ", ".join(dict.fromkeys(made.reason))
    subject.must(
        "succeed on one of these images at least, or the rest of this check says nothing", made.success.any(), reasons
    )
    again = _made(subject, model, image, label, target)
    subject.must("give the same result again for the same images", _same(again.image, made.image, 0.0))
    return made


def _company(
    subject: Subject, made: Adversarial, model: nn.Module, image: Tensor, label: Tensor, target: Tensor
) -> None:
    clause = "treat every image by itself: the same result alone and in any batch"
    for rows in ([int(made.success.int().argmax())], list(range(len(image)))[::-1]):
        part = _made(subject, model, image[rows], label[rows], target[rows])
        kept = part.success.tolist() == made.success[rows].tolist() and _same(part.image, made.image[rows], CLOSE)
        subject.must(clause, kept, f"another one for images {rows} of {len(image)}")


def _moved(subject: Subject, made: Adversarial, problem: Problem) -> None:
    """What the framework asks of an attack after it has moved the images."""
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
    """Any class but the label; an attack may also refuse it in a sentence."""
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
    """A class that no image is of."""
    classes = answer(model, image).shape[1]
    never = freeze(nn.Sequential(model, _Behind(classes)).to(image.device))
    label = torch.where(label == classes - 1, target, label)
    made = _made(subject, never, image, label, torch.full_like(target, classes - 1))
    _claims(subject, made, never, image, label, torch.full_like(target, classes - 1))


def _form(subject: Subject, made: Any, image: Tensor) -> None:
    subject.must("return an advspace.Adversarial", isinstance(made, Adversarial), type(made).__name__)
    count = (len(image),)
    subject.tensor("image", made.image, image, tuple(image.shape))
    flags = isinstance(made.success, Tensor) and made.success.dtype == torch.bool and made.success.shape == count
    subject.must("give 'success' as a tensor of one flag per image", flags, made.success)
    whole = isinstance(made.evaluations, Tensor) and made.evaluations.dtype in INTEGERS
    subject.must(
        "give 'evaluations' as a tensor of one whole number per image",
        whole and made.evaluations.shape == count,
        made.evaluations,
    )
    subject.must(
        "give reasons as a tuple of one text per image",
        isinstance(made.reason, tuple)
        and len(made.reason) == len(image)
        and all(isinstance(r, str) for r in made.reason),
        made.reason,
    )
    for name, value in {"c": made.c, "margin": made.margin, **made.extra}.items():
        numbers = isinstance(value, Tensor) and value.shape == count and value.is_floating_point()
        subject.must(f"give '{name}' as a tensor of one floating-point number per image", numbers, value)
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
    subject.must("say how far the target leads as `margin`", near[good].all())
    subject.must("return all NaN where it fails, never the clean image", made.image[~good].isnan().all())
    said = [bool(reason) != bool(success) for reason, success in zip(made.reason, good.tolist(), strict=True)]
    subject.must("give a reason where it fails, and none where it succeeds", all(said), made.reason)


def _made(subject: Subject, model: nn.Module, image: Tensor, label: Tensor, target: Tensor) -> Adversarial:
    """One call, which has to leave images and model as they were."""
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
    """A frozen model, images, their labels, and the runners-up as targets."""
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
    """Puts the last class behind all others, whatever the image."""

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
    """Where a row's result does not depend on how many others there are."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
