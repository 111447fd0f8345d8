"""How pictures are brought to one size: what is refused."""

import pytest

from advspace import AdvspaceError, Preparation


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"height": 0}, "height must be >= 1, got 0"),
        ({"width": 0}, "width must be >= 1, got 0"),
        ({"crop": 0.0}, "crop must be > 0, got 0.0"),
        ({"interpolation": "cubic"}, "interpolation must be one of nearest, bilinear, bicubic, lanczos, got 'cubic'"),
        ({"mode": "middle"}, "mode must be one of center, squash, border, got 'middle'"),
    ],
)
def test_refused(settings, said):
    with pytest.raises(AdvspaceError, match=f"^{said}$"):
        Preparation(**{"height": 4, "width": 5} | settings)
