"""Each clause of the attack contract fails on an attack that breaks it."""

from dataclasses import replace

import pytest
import torch

from advspace import UNTARGETED, Adversarial, AdvspaceError, Attack, aims, answer, margin
from advspace.testing import check_attack


class Sound(Attack):
    """Steps along the gradient of the lead; keeps every clause, and each broken attack differs from it in one."""

    def __call__(self, model, image, label, target):
        moved = image.clone()
        for _ in range(60):
            with torch.enable_grad():
                point = moved.clone().requires_grad_()
                lead = self.lead(model, point, label, target)
                (slope,) = torch.autograd.grad(lead.sum(), point)
            moved = torch.where((lead > 0)[:, None, None, None], moved, (moved + 0.02 * slope.sign()).clamp(0, 1))
        lead = margin(answer(model, moved), aims(label, target, answer(model, image).shape[1]))
        good = lead > 0
        return Adversarial(
            torch.where(good[:, None, None, None], moved, torch.nan),
            good,
            tuple("" if won else "60 steps were not enough" for won in good.tolist()),
            torch.full_like(lead, torch.nan),
            lead,
            torch.full_like(label, 60),
        )

    def lead(self, model, point, label, target):
        logits = model(point)
        return margin(logits, aims(label, target, logits.shape[1]))


def attack(call):
    """An attack of another call: (model, image, label, target) -> result."""
    return type("Broken", (Sound,), {"__call__": lambda self, *given: call(*given)})()


@pytest.fixture
def claiming(tampered):
    """Make an attack whose result is changed: (result, image) -> changed fields."""

    def made(change):
        def call(model, image, label, target):
            result = Sound()(model, image, label, target)
            return tampered(result, **change(result, image))

        return attack(call)

    return made


def only(good, value, other):
    return torch.where(good[:, None, None, None], value, other)


CLAIMS = {
    "image": (
        lambda made, image: {"image": made.image.flatten(1)},
        r"give image of shape \[5, 1, 8, 8\], got \[5, 64\]",
    ),
    "number type": (lambda made, image: {"image": made.image.double()}, r"give image as torch.float32"),
    "success": (lambda made, image: {"success": made.success.float()}, r"give 'success' as a tensor of one flag"),
    "evaluations": (lambda made, image: {"evaluations": 60}, r"give 'evaluations' as a tensor of one whole number"),
    "reasons": (lambda made, image: {"reason": ["", "", "", "", ""]}, r"give reasons as a tuple of one text per image"),
    "c": (lambda made, image: {"c": 0.1}, r"give 'c' as a tensor of one floating-point number per image"),
    "forwards": (lambda made, image: {"forwards": 3.0}, r"give 'forwards' as None or a tensor of one floating-point"),
    "extra": (lambda made, image: {"extra": {"tries": made.evaluations}}, r"give 'tries' as a tensor of one floating"),
    "extra plugin": (
        lambda made, image: {"extra": {"model_version": made.margin}},
        r"give extra columns names that .* does not have, got model_version",
    ),
    "extra name": (
        lambda made, image: {"extra": {"label": made.margin}},
        r"give extra columns names that the table of images does not have, got label",
    ),
    "box": (lambda made, image: {"image": made.image + 0.9}, r"keep every success in the box"),
    "clean": (
        lambda made, image: {"image": only(made.success, image, torch.nan)},
        r"claim success only where the model",
    ),
    "margin": (
        lambda made, image: {"margin": 2 * made.margin + 1},
        r"give the target's lead over the other classes as `margin`",
    ),
    "returns the clean image": (
        lambda made, image: {"image": only(made.success, made.image, image)},
        r"return all NaN where it fails, never the clean image",
    ),
    "no reason": (lambda made, image: {"reason": len(image) * ("",)}, r"give a reason where it fails, and none where"),
    "never": (
        lambda made, image: {
            "success": made.success & False,
            "image": torch.full_like(image, torch.nan),
            "reason": 5 * ("tired",),
        },
        r"succeed on at least one of these images, .* got tired",
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_false_claims(breaks, claiming, name):
    change, said = CLAIMS[name]
    breaks(check_attack, claiming(change), said)


def raising(model, image, label, target):
    raise RuntimeError("no luck")


def moody(model, image, label, target, calls=[]):  # noqa: B006
    calls.append(1)
    return Sound()(model, (image + 1e-3 * len(calls)).clamp(0, 1), label, target)


def sociable(model, image, label, target):
    return Sound()(model, (image + 1e-3 * len(image)).clamp(0, 1), label, target)


def spoiling(model, image, label, target):
    made = Sound()(model, image, label, target)
    image.mul_(0.5)
    return made


def training(model, image, label, target):
    model.train()
    return Sound()(model, image, label, target)


def leaves_gradients(model, image, label, target):
    for weight in model.parameters():
        weight.requires_grad_()
    return Sound()(model, image, label, target)


def global_start(model, image, label, target):
    torch.rand(1)
    return Sound()(model, image, label, target)


def targeted_only(model, image, label, target):
    if (target == UNTARGETED).any():
        raise IndexError("-1")
    return Sound()(model, image, label, target)


CALLS = {
    "nothing": (lambda *given: None, r"return an advspace.Adversarial, got NoneType"),
    "raises": (raising, r"attack 5 images on cpu, got RuntimeError: no luck"),
    "moody": (moody, r"give the same result again for the same images"),
    "sociable": (sociable, r"treat every image by itself: .* got another one for images"),
    "spoils": (spoiling, r"leave images, labels and targets as they are"),
    "trains": (training, r"leave the model frozen, in evaluation mode and with its weights"),
    "thaws": (leaves_gradients, r"leave the model frozen, in evaluation mode and with its weights"),
    "global numbers": (global_start, r"leave the global random numbers of torch alone"),
    "untargeted": (targeted_only, r"take advspace.UNTARGETED as a target, or refuse it .* got IndexError"),
}


@pytest.mark.parametrize("name", CALLS)
def test_broken(breaks, name):
    call, said = CALLS[name]
    breaks(check_attack, attack(call), said)


class Sociable(Sound):
    def after_stop(self, problem, made, stop):
        """Only the first image of a batch is finished."""
        return replace(made, image=torch.where(torch.arange(5)[:, None, None, None] == 0, 0.0, made.image))


class Mute(Sound):
    def score_at(self, problem):
        raise RuntimeError("no idea")


class Unstopped(Sound):
    default_stop = "tight"


@pytest.mark.parametrize(
    ("plugin", "said"),
    [
        (Sociable(), r"treat every image by itself after the stop rule too \(attack.stop=tight\)"),
        (Mute(), r"let its images be moved \(attack.stop=tight\), got RuntimeError: no idea"),
        (Unstopped(), r"Unstopped: default_stop must be an advspace.Stop, got 'tight'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_broken_after_the_stop(breaks, plugin, said):
    breaks(check_attack, plugin, said)


def refusing(model, image, label, target):
    if (target == UNTARGETED).any():
        raise AdvspaceError("this attack needs a target; take target=random")
    return Sound()(model, image, label, target)


def test_the_sound_one_passes(generator, linear):
    """So does one that refuses to go without a target; and on a network and images of one's own."""
    check_attack(Sound(), installed=False)
    check_attack(attack(refusing), installed=False)
    model = linear(torch.randn(3, 12, generator=generator))
    check_attack(Sound(), network=model, image=torch.rand(4, 3, 2, 2, generator=generator), installed=False)
