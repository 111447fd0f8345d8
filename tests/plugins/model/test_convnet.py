"""The authors' convolutional net: its layers by hand count, and what it refuses."""

import pytest

from advspace import AdvspaceError
from advspace_plugins.model.convnet import ConvNet


@pytest.mark.parametrize("shape", [(1, 32, 32), (1, 28, 28)])
def test_parameters_are_counted_by_hand(shape):
    """The authors' layer sizes (paper's code)."""
    network = ConvNet().network(shape, 10)
    expected = 832 + 51_264 + 256 * 200 + 200 + 2010
    assert sum(parameter.numel() for parameter in network.parameters()) == expected


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((1, 8, 8), "convnet needs images of at least 22 x 22, got 8 x 8; .* pad the images"),
        ((1, 28, 21), "convnet needs images of at least 22 x 22, got 28 x 21"),
    ],
)
def test_images_that_do_not_fit(shape, said):
    with pytest.raises(AdvspaceError, match=said):
        ConvNet().network(shape, 10)
