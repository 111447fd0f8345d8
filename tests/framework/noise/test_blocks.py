"""One set of random numbers for many scales, which depend on what they are for and on nothing else."""

from dataclasses import dataclass, replace

import pytest
import torch

import advspace
from advspace import AdvspaceError
from advspace.noise.blocks import BLOCK, NoiseBlocks
from advspace_plugins.noise.empirical import Empirical
from advspace_plugins.noise.gaussian import Gaussian

BLOCKS = NoiseBlocks((3, "a", "noise"))
ODD = torch.linspace(-1, 1, 65).reshape(1, 5, 13)  # not a multiple of 16: torch's normals change with the part


@pytest.fixture
def distortion(generator):
    return 0.1 * torch.randn(1, 5, 3, generator=generator) + 0.02


def by_scale(noise, distortion, draws, most):
    """All noise images at each scale, and the numbers of the first of each part."""
    result, numbers = {}, {}
    blocks = replace(BLOCKS, per_forward=most)
    for number, offsets, factors in blocks.offsets(noise, distortion, (0.5, 4.0), draws):
        for scale, factor in factors:
            images = torch.empty(len(offsets), *distortion.shape)
            offsets.add_to(torch.zeros_like(distortion), factor, images)
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
        ((_, alone, ((_, factor),)),) = BLOCKS.offsets(noise, distortion, (scale,), BLOCK)
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


def drawn(per_forward, draws=130, key=BLOCKS.key, purpose=("original", 0.5)):
    parts = NoiseBlocks(key, per_forward).offsets(Gaussian(), ODD, (0.5,), draws, purpose)
    return [offsets.unit for _, offsets, _ in parts]


@pytest.mark.parametrize("per_forward", [1, 7, 16, 49, 50, 51, 128, 1000])
def test_parts_change_no_number(per_forward):
    parts = drawn(per_forward)
    assert max(map(len, parts)) <= per_forward
    assert torch.equal(torch.cat(parts), torch.cat(drawn(BLOCK)))


def test_more_draws_go_on_where_fewer_stopped():
    assert torch.equal(torch.cat(drawn(64, draws=20)), torch.cat(drawn(64))[:20])


@pytest.mark.parametrize(
    "change",
    [{"purpose": ()}, {"purpose": ("original", 0.25)}, {"key": (1, "a", "noise")}, {"key": (3, "b", "noise")}],
)
def test_other_purposes_have_other_numbers(change):
    assert not torch.allclose(torch.cat(drawn(50)), torch.cat(drawn(50, **change)))


def test_generators_are_known_by_key_and_purpose():
    def numbers(blocks, *purpose):
        return torch.rand(3, generator=blocks.generator(*purpose)).tolist()

    other = NoiseBlocks((4, "a", "noise"))
    assert numbers(BLOCKS, "rays", 1) == numbers(replace(BLOCKS, per_forward=7), "rays", 1)
    ways = [numbers(BLOCKS), numbers(BLOCKS, "rays", 1), numbers(BLOCKS, "rays", 2), numbers(other, "rays", 1)]
    assert all(one != two for index, one in enumerate(ways) for two in ways[:index])


def test_noise_images_are_in_the_memory_format_asked_for(generator):
    distortion = torch.randn(3, 5, 4, generator=generator)
    for memory_format in (torch.contiguous_format, torch.channels_last):
        blocks = NoiseBlocks((0,), 20, memory_format)
        for _, offsets, _ in blocks.offsets(Gaussian(), distortion, (1.0,), 60):
            assert offsets.unit.is_contiguous(memory_format=memory_format)


def test_the_name_that_it_had_still_stands():
    assert advspace.Stream is NoiseBlocks


@dataclass(frozen=True)
class Skewed(Gaussian):
    """Noise that does not say that it is symmetric."""

    symmetric = False


@pytest.mark.parametrize("kind", [Gaussian, Anew])
def test_pairs_are_mirror_images_about_the_mean(distortion, kind):
    """Drawn once or scale by scale; an odd number of draws leaves the last one alone."""
    noise = kind(mean="distortion")
    for _, offsets, factors in BLOCKS.offsets(noise, distortion, (0.5, 4.0), 61, pairs=True):
        for _, factor in factors:
            images = torch.empty(1, len(offsets), *distortion.shape)
            offsets.add_to(torch.zeros_like(distortion), factor, images[0])
            first, second = images[0, 0:60:2], images[0, 1:60:2]
            assert len(images[0]) == 61
            torch.testing.assert_close(first + second, torch.full_like(first, 2 * float(distortion.mean())))
            assert not torch.allclose(first[0], first[1])
            torch.testing.assert_close(first.std(), second.std())


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_parts_change_no_pair(distortion, most):
    def units(per_forward, draws):
        blocks = replace(BLOCKS, per_forward=per_forward)
        return torch.cat(
            [each.unit for _, each, _ in blocks.offsets(Gaussian(), distortion, (1.0,), draws, pairs=True)]
        )

    assert torch.equal(units(most, 120), units(1000, 130)[:120])


def test_pairs_of_a_noise_that_is_not_symmetric_are_refused(distortion):
    with pytest.raises(AdvspaceError, match=r"symmetric about its mean .* got Skewed; set"):
        list(BLOCKS.offsets(Skewed(), distortion, (1.0,), 10, pairs=True))
