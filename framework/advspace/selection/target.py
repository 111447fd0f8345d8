"""The target class of each attack."""

import torch

from advspace.attack.contract import UNTARGETED
from advspace.checks import nearest
from advspace.errors import AdvspaceError
from advspace.seed import generator_of
from advspace.shapes import Labels, Logits

RULES = ("random", "least_likely", "runner_up", "untargeted")


def target_class(rule: str | int, classes: list[str]) -> int | None:
    """The class that `rule` names by number or by name; None if it is a rule.

    Raises:
        AdvspaceError: `rule` is neither a rule nor a class.
    """
    text = str(rule)
    if text in RULES:
        return None
    if text.isdecimal() and int(text) < len(classes):
        return int(text)
    if text in classes:
        return classes.index(text)
    shown = ", ".join(classes[:10]) + (", ..." if len(classes) > 10 else "")
    numbers = f"a class number 0 ... {len(classes) - 1}"
    near = nearest(text, [*RULES, *classes])
    raise AdvspaceError(
        f"target must be {', '.join(RULES)}, {numbers} or a class name ({shown}), got {text}"
        + (f"; {near}" if near else "")
    )


def check_targets_per_image(rule: str | int, per_image: int, classes: list[str]) -> None:
    """Check that the rule gives so many targets per image.

    Raises:
        AdvspaceError: several targets for a rule that gives one, or more targets than there are other classes.
    """
    if per_image > 1 and rule != "random":
        raise AdvspaceError(
            f"targets_per_image must be 1 for target={rule}, which gives an image one target, got {per_image}; "
            "take target=random"
        )
    if per_image > len(classes) - 1:
        raise AdvspaceError(
            f"targets_per_image must be <= {len(classes) - 1}, the classes other than an image's own, got {per_image}"
        )


def random_targets(label: int, id_: str, classes: int, seed: int, count: int = 1) -> list[int]:
    """Classes other than the label, drawn uniformly without replacement.

    The first k of n are the same for every n.

    Args:
        label: True class.
        id_: The image's id; the draw depends on it and on `seed` only.
        classes: Number of classes.
        seed: The run's seed.
        count: Number of targets, at most `classes` - 1.
    """
    first = int(torch.randint(1, classes, (), generator=generator_of(seed, id_, "target")))
    order = torch.randperm(classes - 1, generator=generator_of(seed, id_, "more targets")) + 1
    steps = [first, *(step for step in order.tolist() if step != first)]
    return [(label + step) % classes for step in steps[:count]]


def choose_targets(
    rule: str | int, logits: Logits, label: Labels, ids: list[str], classes: list[str], seed: int
) -> Labels:
    """Choose a class other than the label for each image.

    Args:
        rule: `random` (uniform over the other classes, as in the paper), `least_likely`, `runner_up`, `untargeted`
            (any class except the label), or a class.
        logits: Logits of the clean images.
        label: True classes.
        ids: Image ids; a random target depends on the seed and the id only.
        classes: Names of the classes.
        seed: The run's seed.

    Raises:
        AdvspaceError: `rule` is neither a rule nor a class.
    """
    fixed = target_class(rule, classes)
    if fixed is not None:
        return torch.full_like(label, fixed)
    if rule == "untargeted":
        return torch.full_like(label, UNTARGETED)
    if rule == "random":
        result = [random_targets(int(own), id_, len(classes), seed) for own, id_ in zip(label, ids, strict=True)]
        return torch.tensor(result, device=label.device).flatten()
    if rule == "least_likely":
        return logits.scatter(1, label[:, None], torch.inf).argmin(1)
    return logits.scatter(1, label[:, None], -torch.inf).argmax(1)
