"""What the certificates say, in words."""

from advspace import FinishedRun
from advspace.analysis.appearance import around
from advspace.probe.contract import kept_around
from advspace.shapes import Frame
from advspace.statistics.certified_radius import fewest_trials, largest_radius
from advspace_plugins.analysis.certificate.radii import CHANGED, KEPT, Rule


def too_few_draws(run: FinishedRun, rule: Rule) -> str:
    """Why a run has too few draws for any certificate; empty if it has enough.

    Args:
        run: A run with the same number of draws in all cells.
        rule: How draws become certificates.
    """
    draws, scales = int(run.probes["draws"].iloc[0]), run.probes["scale"].nunique()
    usable, fewest = rule.usable(draws), fewest_trials(rule.alpha / scales)
    if usable >= fewest:
        return ""
    pairs = ", one of each pair" if rule.pairs else ""
    needed = (fewest + rule.selection) * (2 if rule.pairs else 1)
    return (
        f"No certificate: of {draws} draws, {rule.selection} choose the class and {usable} are left for the bound"
        f"{pairs}; alpha={rule.alpha:g} over {_scales(scales)} needs {fewest}; take probe.draws={needed} or more."
    )


def sentence(run: FinishedRun, table: Frame, rule: Rule) -> str:
    """How many attacks are certified around each center, how far, and what this does not mean.

    Args:
        run: The run.
        table: The table of `Certificate`.
        rule: How draws became certificates.
    """
    draws, scales = int(table["draws"].max()), run.probes["scale"].nunique()
    cap = float(largest_radius(draws, rule.alpha / scales))
    best = "at the one scale" if scales == 1 else f"best of {_scales(scales)}"
    rule_told = (
        f"Certificates of the smoothed classifier, {best}, alpha = {rule.alpha:g} per attack: {draws} draws for the "
        f"bound, {rule.selection} others for the class; so many draws certify at most {cap:.3g} x the noise's sd."
    )
    cells = [_cell(rows) for _, rows in table.groupby(["center", "box"], sort=False)]
    return " ".join([rule_told, *cells, *_beyond(table)])


def _cell(rows: Frame) -> str:
    center, box = rows[["center", "box"]].iloc[0]
    kept, changed = (rows[rows["claim"] == claim] for claim in (KEPT, CHANGED))
    certified, others = int((~kept["abstained"]).sum()), int((~changed["abstained"]).sum())
    capped = int((kept["radius"] >= kept["cap"]).sum())
    limit = f"; for {capped} of them all draws agree, so more draws would certify more" if capped else ""
    also = f"; in noise of another strength, another class of {others}" if others else ""
    return (
        f"{around(center, box).capitalize()}, the {kept_around(center)} class of {certified} of {len(kept)} attacks is "
        f"certified (median radius {kept['radius'].median():.3g}, median distortion {kept['distortion'].median():.3g})"
        f"{limit}{also}."
    )


def _beyond(table: Frame) -> list[str]:
    """Certificates around originals that reach as far as the adversarial: no contradiction."""
    kept = table[(table["claim"] == KEPT) & (table["center"] == "original")]
    beyond = kept[kept["radius"] > kept["distortion"]]
    if beyond.empty:
        return []
    attacks = len(beyond.drop_duplicates(["image_id", "target"]))
    return [
        f"For {attacks} {'attack' if attacks == 1 else 'attacks'} the radius around the original is longer than the "
        "distortion: the smoothed classifier gives the original's class to the adversarial too. This does not "
        "contradict the attack, which fools the network without noise."
    ]


def _scales(count: int) -> str:
    return "1 scale" if count == 1 else f"{count} scales"
