"""How many images and draws a run needs, from the shares of a pilot, and in words."""

from dataclasses import dataclass
from math import ceil, isinf, isnan, nan

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from advspace.analysis.appearance import around
from advspace.analysis.curves import Curve
from advspace.statistics.budget import LARGEST, Sample, Spread, best_draws, images_needed, variance_interval


@dataclass(frozen=True)
class Need:
    """What the mean share around one center needs, at the scale that needs most.

    Args:
        curve: The shares of the pilot.
        scale: The scale.
        spread: Variance between images and of one draw.
        images: Images for the wanted interval, with the draws of the settings.
        low: Lower end of the 95 % interval of `images`; None if one image cannot tell.
        high: Upper end.
    """

    curve: Curve
    scale: float
    spread: Spread
    images: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Pilot:
    """The result of a pilot.

    Args:
        images: Images that were probed.
        draws: Draws per cell of the run that is planned.
        width: Half of the wanted interval of a mean share.
        needs: One per center and box policy.
        per_image: Seconds for the attacks on one image; NaN if all adversarial images were in the cache.
        per_draw: Seconds for one draw in all cells of all attacks on one image.
    """

    images: int
    draws: int
    width: float
    needs: list[Need]
    per_image: float
    per_draw: float

    @property
    def most(self) -> Need:
        """The need that decides."""
        return max(self.needs, key=lambda need: need.images)

    @property
    def best(self) -> float:
        """Draws per cell that reach the width in the least time; infinite or NaN if there is no such number."""
        return nan if isnan(self.per_image) else best_draws(self.most.spread, self.per_image, self.per_draw)

    def images_at(self, draws: int) -> int:
        """Images for the wanted interval around every center, with so many draws."""
        return max(images_needed(need.spread.variance(draws), self.width) for need in self.needs)

    def seconds(self, images: int, draws: int) -> float:
        """Time of a run on this machine, without its start and its report."""
        attacks = 0.0 if isnan(self.per_image) else self.per_image
        return images * (attacks + draws * self.per_draw)


def need_of(curve: Curve, draws: int, wanted: int, width: float) -> Need:
    """The need at the scale of the largest variance."""
    samples = [Sample.of(kept, curve.image_ids, draws) for kept in curve.shares[curve.kept].T]
    single = curve.images == 1
    variances = [sample.spread.within / wanted if single else sample.spread.variance(wanted) for sample in samples]
    worst = int(np.argmax(variances))
    sample, images = samples[worst], images_needed(variances[worst], width)
    if single:
        return Need(curve, float(curve.scales[worst]), sample.spread, images)
    low, high = (images_needed(end, width) for end in variance_interval(sample, wanted))
    return Need(curve, float(curve.scales[worst]), sample.spread, images, low, high)


def show_pilot(pilot: Pilot, console: Console | None = None) -> None:
    """Print what a run needs.

    Args:
        pilot: The pilot.
        console: Console of the output; None for the standard output.
    """
    out = console or Console()
    out.print(Text(f"\nto know mean shares to +-{pilot.width:g} (95 %)", style="bold"))
    out.print(_table(pilot))
    for line in _sentences(pilot):
        out.print(Text(line))


def _table(pilot: Pilot) -> Table:
    table = Table("curve", "scale", "sd of images", "images needed", box=None, pad_edge=False)
    for need in pilot.needs:
        spread = "unknown" if isnan(need.spread.between) else f"{need.spread.between**0.5:.2f}"
        interval = "" if need.low is None else f" [{need.low}, {need.high}]"
        name = around(need.curve.center, need.curve.box)
        table.add_row(*map(Text, (name, f"{need.scale:.3g}", spread, f"{need.images}{interval}")))
    return table


def _sentences(pilot: Pilot) -> list[str]:
    known = f"a pilot of {pilot.images} images; scale: where a curve needs most images, with {pilot.draws} draws"
    result = [f"From {known}."]
    if pilot.images == 1:
        result.append(
            "One image says nothing of how images differ: the numbers are for draws around this image alone; "
            "take two images or more."
        )
    most = images_needed(LARGEST, pilot.width)
    result.append(f"Whatever the images are, {most} are enough.")
    result.append(f"{_run(pilot, pilot.most.images, pilot.draws)}{_attacks(pilot)}.")
    best = pilot.best
    if isinf(best) and pilot.images > 1:
        result.append("The images of the pilot have the same shares: more draws help as much as more images.")
    elif not isnan(best) and pilot.images > 1:
        draws = ceil(best)
        result.append(f"Least time: {_run(pilot, pilot.images_at(draws), draws)}.")
    return result


def _run(pilot: Pilot, images: int, draws: int) -> str:
    return f"images={images} probe.draws={draws} take about {_time(pilot.seconds(images, draws))}"


def _attacks(pilot: Pilot) -> str:
    return " and the time of the attacks, which are all in the cache here" if isnan(pilot.per_image) else ""


def _time(seconds: float) -> str:
    """A time in the unit that suits it.

    >>> _time(0.3), _time(90), _time(7200)
    ('1 second', '1.5 minutes', '2 hours')
    """
    if seconds < 60:
        return f"{max(round(seconds), 1)} second{'s' if seconds >= 1.5 else ''}"
    value, unit = (seconds / 60, "minutes") if seconds < 3600 else (seconds / 3600, "hours")
    return f"{value:.2g} {unit}"
