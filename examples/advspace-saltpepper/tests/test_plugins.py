"""The plugins fulfil advspace's contracts, and refuse wrong settings."""

import pytest

from advspace import AdvspaceError
from advspace.testing import check_analysis, check_model, check_noise
from advspace_saltpepper.reverts import Reverts
from advspace_saltpepper.saltpepper import SaltPepper
from advspace_saltpepper.theirs import Theirs


def test_saltpepper():
    check_noise(SaltPepper())


def test_theirs():
    check_model(Theirs())


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_reverts(scale):
    """Also for a scale that the run did not probe."""
    check_analysis(Reverts(scale))


@pytest.mark.parametrize("settings", [{"share": 1.0, "salt": 0.3}, {"share": 0.01}])
def test_other_shares(settings):
    check_noise(SaltPepper(**settings))


@pytest.mark.parametrize(
    ("plugin", "settings", "said"),
    [
        (SaltPepper, {"share": 0.0}, "share must be > 0 and <= 1, got 0.0"),
        (SaltPepper, {"salt": 1.0}, "salt must be > 0 and < 1, got 1.0"),
        (Theirs, {"hidden": 0}, "hidden must be >= 1, got 0"),
    ],
)
def test_refused(plugin, settings, said):
    with pytest.raises(AdvspaceError, match=said):
        plugin(**settings)
