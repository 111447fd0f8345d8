"""Runs without a certificate: it needs Gaussian noise with mean zero, and a fixed number of draws."""

from advspace import FinishedRun

GAUSSIAN = "gaussian"


def refusal(run: FinishedRun) -> str:
    """Why a run has no certificate, and what to change; empty if it has.

    Args:
        run: A run with the classes of its draws.
    """
    noise, probe = (run.settings.get(kind) or {} for kind in ("noise", "probe"))
    name, mean, until = run.called("noise"), noise.get("mean", "zero"), probe.get("until")
    if not run.measure.noise or name != GAUSSIAN:
        drawn = f"{name} noise" if run.measure.noise else "no noise of a known distribution"
        return f"No certificate: the radius holds for Gaussian noise, and this run has {drawn}; take noise=gaussian."
    if mean != "zero":
        return (
            f"No certificate: the radius holds for noise with mean zero, got noise.mean={mean}; take noise.mean=zero."
        )
    if until or _varies(run):
        rule = f"probe.until={until}" if until else "draws that differ from scale to scale"
        return (
            "No certificate: the bound needs a number of draws that was fixed before the first draw, got "
            f"{rule}; leave out probe.until."
        )
    return ""


def _varies(run: FinishedRun) -> bool:
    """Whether the number of draws differs between cells."""
    return bool(run.probes["draws"].nunique() > 1)
