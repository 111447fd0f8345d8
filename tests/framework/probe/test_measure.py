"""What was really added, against adding it up by hand."""

import pytest
import torch

from advspace.noise.offsets import Applied
from advspace.probe.measure import Measurements, measure, measured_draws


def test_more_draws_are_measured_of_smaller_images():
    assert [measured_draws(torch.zeros(shape)) for shape in ((3, 224, 224), (1, 20, 50), (1, 8, 8))] == [25, 25, 313]


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_what_is_added_to_a_center(memory_format):
    center = torch.tensor([0.5, 0.25]).reshape(2, 1, 1)
    unboxed = torch.tensor([[1.5, 0.25], [0.5, -1.0]]).reshape(2, 2, 1, 1).contiguous(memory_format=memory_format)
    points = unboxed.clamp(0, 1)[None]
    result = measure(center[None], unboxed[None], points)
    assert result.total.tolist() == [[0.5, -0.25]]
    assert result.norm.tolist() == [[0.5, 0.25]]
    assert result.moved.tolist() == [[1, 1]]


def test_sums_of_cells():
    measurements = Measurements()
    for cell, values in ((2, [1.0, 3.0]), (0, [0.5]), (2, [2.0])):
        each = torch.tensor([values])
        measurements.add([cell], Applied(-each, each, 4 * each))
    first, none, last = zip(*measurements.sums(3), strict=True)
    assert first == (-0.5, 0.5, 0.25, 2.0, 1)
    assert none == (0.0, 0.0, 0.0, 0.0, 0)
    assert last == (-6.0, 6.0, 14.0, 24.0, 3)
    assert [column.tolist() for column in Measurements().sums(1)] == 5 * [[0.0]]


def test_each_cell_has_its_own_center(generator):
    centers, points = torch.rand(2, 1, 3, 4, generator=generator), torch.rand(2, 5, 1, 3, 4, generator=generator)
    result = measure(centers, points, points)
    for center, cell, total, norm in zip(centers, points, result.total, result.norm, strict=True):
        torch.testing.assert_close(total, (cell - center).flatten(1).sum(1))
        torch.testing.assert_close(norm, (cell - center).flatten(1).norm(dim=1))


def test_twenty_five_draws_of_small_images_have_the_precision_that_is_said(generator):
    """Noise half of which is clipped, as around black pixels: the errors over 200 cells of 20,000 values."""
    noise = torch.randn(200, 20_000, generator=generator).clamp_min(0)
    sd = noise.std(1, correction=0)
    assert sd.std() / sd.mean() < 0.01
    assert noise.mean(1).std() < 0.007
    assert (noise > 0).float().mean(1).std() < 0.004
