"""Sums and norms that are known without reading the noise again, against reading it."""

import pytest
import torch

from advspace.noise.offsets import Offsets


@pytest.mark.parametrize("base", [None, 0.3])
def test_sums_and_norms_are_those_of_what_is_added(generator, base):
    unit = torch.randn(7, 3, 5, 4, generator=generator)
    image = None if base is None else torch.full((3, 5, 4), base)
    center = torch.rand(3, 5, 4, generator=generator)
    offsets = Offsets.of(unit, image).first(6)
    for number, part in enumerate(offsets.split(4)):
        points = torch.empty(2, len(part), 3, 5, 4)
        for factor, out in zip((0.2, 3.0), points, strict=True):
            part.add_to(center, factor, out)
        result = part.applied([0.2, 3.0])
        for row, factor in enumerate((0.2, 3.0)):
            expected = (factor * unit + (base or 0.0))[4 * number : 6][:4]
            torch.testing.assert_close(points[row], center + expected)
            torch.testing.assert_close(result.total[row], expected.flatten(1).sum(1))
            torch.testing.assert_close(result.norm[row], expected.flatten(1).norm(dim=1))
            assert result.moved[row].tolist() == [0] * len(part)


def test_another_memory_format_is_the_same_noise(generator):
    offsets = Offsets.of(torch.randn(2, 3, 5, 4, generator=generator))
    result = offsets.contiguous(torch.channels_last)
    assert result.unit.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(result.unit, offsets.unit)
