"""One set of random numbers for many scales."""

from dataclasses import dataclass

import pytest
import torch

from advspace.noise.blocks import BLOCK, NoiseBlocks
from advspace_plugins.noise.empirical import Empirical
from advspace_plugins.noise.gaussian import Gaussian

STREAM = NoiseBlocks((3, "a", "noise"))


@pytest.fixture
def distortion(generator):
    return 0.1 * torch.randn(1, 5, 3, generator=generator) + 0.02


def by_scale(noise, distortion, draws, most, stream=STREAM):
    """All noise images at each scale, and the numbers of the first of each part."""
    result, numbers = {}, {}
    for number, steps, factors in stream.steps(noise, distortion, (0.5, 4.0), draws, most=most):
        for scale, factor in factors:
            images = torch.empty(len(steps), *distortion.shape)
            steps.add_to(torch.zeros_like(distortion), factor, images)
            result.setdefault(scale, []).append(images)
            numbers.setdefault(scale, []).append(number)
    return {scale: torch.cat(parts) for scale, parts in result.items()}, numbers


@dataclass(frozen=True)
class Anew(Gaussian):
    """Noise that does not say that it is one noise multiplied."""

    affine = False


@pytest.mark.parametrize("mean", ["zero", "distortion"])
@pytest.mark.parametrize("kind", [Gaussian, Anew, Empirical])
def test_every_scale_has_what_the_noise_gives_for_one_generator(distortion, kind, mean):
    noise = kind(mean=mean)
    result, _ = by_scale(noise, distortion, draws=2 * BLOCK, most=BLOCK)
    for scale, images in result.items():
        ((_, alone, ((_, factor),)),) = STREAM.steps(noise, distortion, (scale,), BLOCK)
        expected = torch.empty(BLOCK, *distortion.shape)
        alone.add_to(torch.zeros_like(distortion), factor, expected)
        torch.testing.assert_close(images[:BLOCK], expected)
        centred = images - images.mean()
        assert centred.std() == pytest.approx(scale * distortion.std(correction=0).item(), rel=0.1)
    shift = distortion.mean() if mean == "distortion" else 0.0
    torch.testing.assert_close(result[4.0] - shift, 8 * (result[0.5] - shift), rtol=1e-4, atol=1e-5)


def test_affine_and_drawn_anew_are_the_same_noise(distortion):
    for scale, images in by_scale(Gaussian(), distortion, 60, 60)[0].items():
        torch.testing.assert_close(images, by_scale(Anew(), distortion, 60, 60)[0][scale])


@pytest.mark.parametrize("most", [1, 7, BLOCK, 1000])
def test_parts_are_numbered_and_change_nothing(distortion, most):
    whole, _ = by_scale(Gaussian(), distortion, 130, 130)
    parts, numbers = by_scale(Gaussian(), distortion, 120, most)
    for scale, images in parts.items():
        assert torch.equal(images, whole[scale][:120])
        assert numbers[scale] == sorted(set(numbers[scale]))
        assert numbers[scale][0] == 0


def test_where_tells_random_numbers_apart(distortion):
    one, other = (
        next(STREAM.steps(Gaussian(), distortion, (1.0,), 5, where))[1].unit for where in ((), ("original", 1.0))
    )
    assert not torch.equal(one, other)
