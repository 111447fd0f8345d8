"""Adversarials that end before the depth that the stop rule asks for."""

from advspace.attack.stop import Stop
from advspace.shapes import Frame

ENOUGH = 0.99
"""Share of its depth at which an image counts as arrived."""


def shallow(succeeded: Frame, stop: Stop) -> str:
    """How many adversarials do not reach the depth of `overshoot`, in one sentence; empty if all reach it.

    Args:
        succeeded: Rows of `images.parquet` of the attacks that reached their goal.
        stop: The stop rule.
    """
    if not stop.beyond or "depth" not in succeeded:
        return ""
    short = succeeded[succeeded["depth"] < ENOUGH * stop.beyond]
    if not len(short):
        return ""
    verb = "adversarial does" if len(short) == 1 else "adversarials do"
    lowest, held = short["depth"].min(), short["on_box"].mean()
    return (
        f"{len(short)} of {len(succeeded)} {verb} not reach the depth attack.overshoot={stop.beyond:g} (lowest "
        f"{lowest:.3g}, column depth): the box holds {held:.0%} of the pixels, or the region of the class ends before; "
        "set a smaller overshoot to have all at one depth"
    )
