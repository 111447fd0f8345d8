"""The summary as tables on the terminal."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from advspace.records.rows import OUTCOMES


def show(summary: dict[str, Any], directory: Path, console: Console | None = None) -> None:
    """Print what a run found."""
    out = console or Console()
    _show_images(summary, out)
    for curve in summary["curves"]:
        out.print(curve_table(curve))
        out.print(half_line(curve), highlight=False)
    out.print(f"\ntables, report, figures and summary in {directory}", highlight=False, soft_wrap=True)


def curve_table(curve: dict[str, Any]) -> Table:
    """Shares at each scale, with 95 % intervals over images."""
    table = Table(
        title=f"probes around the {curve['center']}, box policy {curve['box']}: % of probes [95 % over images]",
        title_justify="left",
    )
    table.add_column("scale", justify="right")
    for heading in OUTCOMES:
        table.add_column(heading, justify="right")
    table.add_column("pixels clipped", justify="right")
    for index, scale in enumerate(curve["scales"]):
        cells = [_percent(curve[outcome], index) for outcome in OUTCOMES]
        table.add_row(f"{scale:.4g}", *cells, f"{100 * curve['clipped'][index]:.0f}")
    return table


def half_line(curve: dict[str, Any]) -> str:
    """Where half of the probes are lost, with censoring said plainly."""
    half, median = curve["half_scale"], curve["half_scale_median_of_attacks"]
    kept = curve["attacks"] - curve["attacks_that_lose_half"]
    return (
        f"half of the probes are lost at {half['text']} x the distortion's sd [{half['low']['text']}, "
        f"{half['high']['text']}]; median attack {median['text']}; {kept} of {curve['attacks']} attacks never lose half"
    )


def _show_images(summary: dict[str, Any], out: Console) -> None:
    images, distortion = summary["images"], summary["distortion"]
    skipped = len(images["misclassified"])
    out.print(
        f"\n{images['succeeded']} of {images['attacks']} attacks on {images['attacked']} images succeeded "
        f"({skipped} images passed over as misclassified)",
        highlight=False,
    )
    for failure in images["failed"]:
        out.print(f"  {failure['image_id']}: {failure['reason']}", highlight=False)
    if images["succeeded"]:
        out.print(
            f"distortion: L2 {distortion['l2']['mean']:.3f} mean, {distortion['l2']['median']:.3f} median; "
            f"rms {distortion['rms_grey_levels']['mean']:.1f} grey levels; "
            f"{100 * distortion['on_box']['mean']:.0f} % of the adversarials' pixels rest on the box",
            highlight=False,
        )


def _percent(band: dict[str, list[float]], index: int) -> str:
    mean, low, high = (100 * band[key][index] for key in ("mean", "low", "high"))
    return f"{mean:5.1f} [{low:.0f}, {high:.0f}]"
