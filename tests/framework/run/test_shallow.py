"""What a run says of adversarials that do not reach their depth."""

import pandas as pd

from advspace import Stop
from advspace.run.shallow import shallow

IMAGES = pd.DataFrame({"depth": [0.05, 0.0496, 0.049, 0.0], "on_box": [0.1, 0.2, 0.5, 0.7]})


def test_it_counts_them_and_says_what_the_box_holds():
    assert shallow(IMAGES, Stop("overshoot")) == (
        "2 of 4 adversarials do not reach the depth attack.overshoot=0.05 (lowest 0, column depth): the box holds 60% "
        "of the pixels, or the region of the class ends before; set a smaller overshoot to have all at one depth"
    )
    assert shallow(IMAGES[:3], Stop("overshoot")).startswith("1 of 3 adversarial does not reach")


def test_nothing_is_said_where_all_arrive_or_none_should():
    assert shallow(IMAGES[:2], Stop("overshoot")) == ""
    assert shallow(IMAGES, Stop("overshoot", overshoot=0.0)) == ""
    assert shallow(IMAGES, Stop("tight")) == ""
    assert shallow(IMAGES[:0], Stop("overshoot")) == ""
    assert shallow(IMAGES[["on_box"]], Stop("overshoot")) == ""
