"""Why an image is not attacked, in order of what is looked at first."""

import pytest
import torch

from advspace_plugins.attack.refusals import (
    ALREADY,
    NO_SLOPE,
    NOT_FINITE,
    OUTSIDE,
    SAME,
    accepted,
    clean_refusal,
    refused,
)


def test_before_the_model_is_asked():
    image = torch.full((4, 1, 1, 2), 0.5)
    image[1, 0, 0, 0], image[2, 0, 0, 1], image[3, 0, 0, 0] = 1.5, torch.nan, -0.1
    reasons = refused(image, torch.tensor([0, 0, 0, 1]), torch.tensor([1, 1, 1, 1]))
    assert reasons == ["", OUTSIDE, OUTSIDE, SAME]
    assert accepted(reasons, image).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("finite", "won", "slope", "reason"),
    [
        (False, True, False, NOT_FINITE),
        (True, True, False, ALREADY),
        (True, False, False, NO_SLOPE),
        (True, False, True, ""),
    ],
)
def test_after_its_answer_on_the_clean_image(finite, won, slope, reason):
    assert clean_refusal(finite, won, slope) == reason
