"""A run in a sentence and in a few figures."""

from dataclasses import dataclass
from typing import Any

from advspace.analysis.appearance import BOXES
from advspace.analysis.finished_run import FinishedRun
from advspace.statistics.interval import wilson


@dataclass(frozen=True)
class Fact:
    """A figure with what it is and how sure it is."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class HalfLine:
    """Where half of the probes are lost, around one center under one box policy."""

    center: str
    box: str
    value: str
    interval: str
    median: str
    told: str


def sentence(run: FinishedRun) -> str:
    """What was run, and how it went."""
    first, images = run.images.iloc[0], run.summary["images"]
    targeted = "targeted" if first["targeted"] else "untargeted"
    noise = f", then probed with {run.probes['noise'].iloc[0]} noise" if len(run.probes) else ""
    return (
        f"{counted(images['attacked'], 'image')} of {first['dataset']}, "
        f"{counted(images['attacks'], targeted + ' attack')} by {first['attack']} on {first['model']}{noise}: "
        f"{images['succeeded']} succeeded ({_percent(images['succeeded'] / images['attacks'])})."
    )


def facts(run: FinishedRun) -> list[Fact]:
    """The headline figures of the attack."""
    images, distortion = run.summary["images"], run.summary["distortion"]
    good, attacks = images["succeeded"], images["attacks"]
    low, high = wilson(good, attacks)
    sure = f" [{_percent(float(low))}, {_percent(float(high))}]" if attacks == images["attacked"] else ""
    told = [Fact("attacks that succeeded", f"{good} of {attacks}", _percent(good / attacks) + sure)]
    if good:
        told += [
            Fact("median L2 of the distortion", _figure(distortion["l2"]["median"]), _range(distortion["l2"])),
            Fact(
                "median rms, grey levels",
                _figure(distortion["rms_grey_levels"]["median"]),
                _range(distortion["rms_grey_levels"]),
            ),
            Fact("adversarial pixels on the box", _percent(distortion["on_box"]["mean"]), "mean over attacks"),
        ]
    return [*told, Fact("images passed over", str(sum(_passed_over(images).values())), _told_passed_over(images))]


def half_lines(summary: dict[str, Any]) -> list[HalfLine]:
    """The half scale of every center and box policy, with its interval and with censoring said plainly."""
    return [_half_line(curve) for curve in summary["curves"]]


def counted(count: int, noun: str) -> str:
    """`1 image`, `2 images`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _half_line(curve: dict[str, Any]) -> HalfLine:
    half = curve["half_scale"]
    kept = curve["attacks"] - curve["attacks_that_lose_half"]
    return HalfLine(
        center=curve["center"],
        box=BOXES.get(curve["box"], curve["box"]),
        value=half["text"],
        interval=f"[{half['low']['text']}, {half['high']['text']}]",
        median=curve["half_scale_median_of_attacks"]["text"],
        told=_censoring(half, kept, curve["attacks"]),
    )


def _censoring(half: dict[str, Any], kept: int, attacks: int) -> str:
    of_attacks = f"{kept} of {attacks} attacks never lose half" if kept else f"all {attacks} attacks lose half"
    return {
        "": of_attacks,
        "above": f"more than half is kept at every noise tried; {of_attacks}",
        "below": f"half is lost already at the weakest noise tried; {of_attacks}",
    }[half["censored"]]


def _passed_over(images: dict[str, Any]) -> dict[str, int]:
    kinds = {"misclassified": "misclassified", "of_target_class": "of the target class", "unreadable": "unreadable"}
    return {told: len(images[kind]) for kind, told in kinds.items()}


def _told_passed_over(images: dict[str, Any]) -> str:
    told = [f"{count} {kind}" for kind, count in _passed_over(images).items() if count]
    return ", ".join(told) or "all that were met could be attacked"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _figure(value: float) -> str:
    return f"{value:.3g}"


def _range(spread: dict[str, float]) -> str:
    return f"from {_figure(spread['min'])} to {_figure(spread['max'])}"
