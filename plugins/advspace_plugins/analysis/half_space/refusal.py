"""Runs whose boundary cannot be measured: the curve of a half-space is known for noise of mean zero, not clipped."""

from advspace import FinishedRun
from advspace_plugins.analysis.half_space.counts import NOT_CLIPPED

GAUSSIAN = "gaussian"


def refusal(run: FinishedRun) -> str:
    """Why a run has no fit, and what to change; empty if it can have one.

    Args:
        run: A run with probes.
    """
    noise = run.settings.get("noise") or {}
    mean = noise.get("mean", "zero")
    if not run.measure.noise:
        return "No fit of the boundary: the probes of this run are no noise; take probe=ladder."
    if not (run.probes["box"] == NOT_CLIPPED).any():
        return (
            "No fit of the boundary: all probes are clipped to the box, and the clip bends the curve; take "
            "probe.box=none or probe.box=both."
        )
    if mean != "zero":
        return (
            f"No fit of the boundary: it holds for noise with mean zero, got noise.mean={mean}; take noise.mean=zero."
        )
    if noise.get("pool") == "channel":
        return (
            "No fit of the boundary: it holds for noise of one standard deviation in all pixels, got "
            "noise.pool=channel; take noise.pool=all."
        )
    return ""


def limit_theorem(run: FinishedRun) -> str:
    """What holds for noise that is not Gaussian; empty if it is.

    A sum of many independent pixels, weighted by the boundary's normal, is nearly normal.  So the fit needs no Gaussian
    noise, but a normal that spreads over many pixels.
    """
    name = run.called("noise")
    if name == GAUSSIAN:
        return ""
    return f"Under {name} noise the curve holds by the central limit theorem, for normals that spread over many pixels."
