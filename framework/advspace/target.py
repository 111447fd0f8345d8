"""Which class each attack aims at."""

import torch

from advspace.attack import UNTARGETED
from advspace.errors import AdvspaceError
from advspace.seed import generator_of
from advspace.shapes import Labels, Logits

RULES = ("random", "least_likely", "runner_up", "untargeted")


def target_class(rule: str | int, classes: list[str]) -> int | None:
    """The one class that `rule` names by number or by name, or None where it is a rule.

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
    raise AdvspaceError(f"target must be {', '.join(RULES)}, {numbers} or a class name ({shown}), got {text}")


def choose_targets(
    rule: str | int, logits: Logits, label: Labels, ids: list[str], classes: list[str], seed: int
) -> Labels:
    """Choose a class other than the label for each image.

    Args:
        rule: `random` (uniform over the other classes, as in the paper), `least_likely`, `runner_up`, `untargeted`
            (any other class will do), or a class.
        logits: The model's answer on the clean images.
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
        steps = [int(torch.randint(1, len(classes), (), generator=generator_of(seed, id_, "target"))) for id_ in ids]
        return (label + torch.tensor(steps, device=label.device)) % len(classes)
    if rule == "least_likely":
        return logits.scatter(1, label[:, None], torch.inf).argmin(1)
    return logits.scatter(1, label[:, None], -torch.inf).argmax(1)
