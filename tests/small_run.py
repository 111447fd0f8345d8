"""A small run for trackers, and its estimates as its own summary has them."""

import json

SMALL = ("images=2", "probe.draws=5", "probe.scales=[1.0,4.0]", "analysis=[shares,half_scale]")


def estimates(directory):
    """The estimates of a run that are numbers, by name."""
    findings = json.loads((directory / "summary.json").read_text())["findings"].values()
    found = {name: each["value"] for finding in findings for name, each in finding["headline"].items()}
    assert any(name.startswith("half_scale/") for name in found)
    return {name: value for name, value in found.items() if value is not None}
