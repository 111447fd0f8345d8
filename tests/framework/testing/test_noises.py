"""Each clause of the noise contract fails on a noise that breaks it, and on that alone."""

import random

import numpy as np
import pytest
import torch

from advspace import AdvspaceError, Noise
from advspace.noise.contract import spread
from advspace.testing import ContractError, check_noise


class Sound(Noise):
    """Keeps every clause; each broken noise differs from it in one."""

    def sample(self, distortion, scale, draws, generator):
        return spread(distortion, scale) * self.unit(distortion, (draws, *distortion.shape), generator)

    def unit(self, distortion, shape, generator):
        return torch.randn(shape, generator=generator, device=distortion.device, dtype=distortion.dtype)


def noise(**methods):
    """A noise with other methods than the sound one."""
    return type("Broken", (Sound,), methods)()


def sampling(change):
    """A noise whose sample is changed: (noise, distortion, scale) -> noise."""

    def sample(self, distortion, scale, draws, generator):
        return change(Sound.sample(self, distortion, scale, draws, generator), distortion, scale)

    return noise(sample=sample)


def drawing(unit):
    """A noise whose standard noise is changed: (distortion, shape, generator) -> noise."""
    return noise(unit=lambda self, *given: unit(*given))


def spoil(drawn, distortion, scale):
    distortion.mul_(2)
    return drawn


def fails(drawn, distortion, scale):
    raise RuntimeError("no luck")


def one_pixel_off(drawn, distortion, scale):
    drawn[:, 1, 2, 3] += 0.5 * scale * distortion.std()
    return drawn


BROKEN = {
    "not a tensor": (sampling(lambda n, d, s: n.numpy()), r"give noise as a tensor, got ndarray"),
    "shape": (sampling(lambda n, d, s: n.flatten(1)), r"give noise of shape \[1, 3, 5, 7\], got \[1, 105\]"),
    "one draw for all": (sampling(lambda n, d, s: n[:1]), r"give noise of shape \[6, 3, 5, 7\], got \[1, 3, 5, 7\]"),
    "number type": (sampling(lambda n, d, s: n.float()), r"give noise as torch.float64, got torch.float32"),
    "device": (sampling(lambda n, d, s: n.to("meta")), r"on the device asked \(cpu\), got meta"),
    "not a number": (sampling(lambda n, d, s: n / 0), r"give finite numbers on cpu .*, got NaN or infinite ones"),
    "raises": (sampling(fails), r"draw on cpu for a distortion \[3, 5, 7\] .*, got RuntimeError: no luck"),
    "spoils": (sampling(spoil), r"leave the distortion it is given as it is"),
    "own seed": (
        drawing(lambda d, shape, g: torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=d.dtype)),
        r"give other noise for another state of the generator",
    ),
    "python's numbers": (
        sampling(lambda n, d, s: n * random.uniform(1, 1.001)),
        r"give the same noise for the same state of the generator",
    ),
    "draws alike": (
        drawing(
            lambda d, shape, g: (
                torch.randn(shape[1:], generator=g, dtype=d.dtype, device=d.device).expand(shape).clone()
            )
        ),
        r"give draws that differ from one another",
    ),
    "mean grows": (
        sampling(lambda n, d, s: n + 0.1 * s * d.std()),
        r"have the same mean at scale 0.25 as at scale 0 \(0\), got 0\.\d+ over all pixels",
    ),
    "one pixel's mean": (sampling(one_pixel_off), r"have the same mean .*, got .* at pixel 52"),
    "noise at scale 0": (
        sampling(lambda n, d, s: n + 0.01 * (s == 0) * torch.arange(len(n)).reshape(-1, 1, 1, 1)),
        r"give the same image for every draw at scale 0, got draws that differ by up to 0.05",
    ),
    "an image at scale 0 alone": (
        sampling(lambda n, d, s: n + (s == 0) * (d - d.mean())),
        r"have the same mean at scale 0.25 as at scale 0 \(.*\), got .* at pixel",
    ),
    "spread": (
        sampling(lambda n, d, s: 1.1 * n),
        r"have standard deviation 0\.\d+ at scale 0.25, scale times that of the distortion, got 0\.",
    ),
    "sample deviation of absolute values": (
        noise(sample=lambda self, d, s, n, g: (spread(d.abs(), s)) * Sound.unit(self, d, (n, *d.shape), g)),
        r"have standard deviation",
    ),
    "spread is not linear": (sampling(lambda n, d, s: n * s**0.5), r"have standard deviation"),
    "spread where there is none": (
        noise(
            sample=lambda self, d, s, n, g: (
                Sound.sample(self, d, s, n, g) + s * 1e-3 * (d.std() == 0) * d.new_tensor([1.0, 2, 3, 4, 5, 6, 7])
            )
        ),
        r"have standard deviation 0 for a constant distortion",
    ),
    "affine in name only": (
        noise(
            affine=True,
            sample=lambda self, d, s, n, g: Sound.sample(self, d, s, n, g) * (-1.0 if s > 2 else 1.0),
        ),
        r"give, at scale 4, 4 times its noise at scale 1, because affine = True, got noise that is \d",
    ),
    "negative scale": (
        noise(sample=lambda self, d, s, n, g: spread(d, abs(s)) * Sound.unit(self, d, (n, *d.shape), g)),
        r"refuse a negative scale with an AdvspaceError, .* got noise",
    ),
    "negative scale, plainly": (
        noise(sample=lambda self, d, s, n, g: _plainly(s) * spread(d, s) * Sound.unit(self, d, (n, *d.shape), g)),
        r"refuse a negative scale with an AdvspaceError, .* got ValueError",
    ),
}


def _plainly(scale):
    if scale < 0:
        raise ValueError("no")
    return 1


@pytest.mark.parametrize("name", BROKEN)
def test_broken(breaks, name):
    breaks(check_noise, *BROKEN[name])


@pytest.mark.parametrize(
    ("state", "draw"),
    [
        (
            "torch",
            lambda d, shape, g: (
                torch.randn(shape, generator=g, dtype=d.dtype, device=d.device) + 0 * torch.rand(1, dtype=d.dtype)
            ),
        ),
        (
            "torch",
            lambda d, shape, g: (torch.manual_seed(0), torch.randn(shape, generator=g, dtype=d.dtype, device=d.device))[
                1
            ],
        ),
        (
            "numpy",
            lambda d, shape, g: torch.randn(shape, generator=g, dtype=d.dtype, device=d.device) + 0 * np.random.rand(),
        ),
    ],
    ids=["torch drawn", "torch seeded", "numpy drawn"],
)
def test_global_random_numbers(breaks, state, draw):
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    said = rf"leave the global random numbers of {state} alone \(draw from `generator`\)"
    breaks(check_noise, drawing(draw), said)
    assert torch.equal(before[0], torch.get_rng_state())
    assert (before[1] == np.random.get_state()[1]).all()


def test_the_sound_one_passes():
    """So do noises whose pixels are alike, whose draws sum to zero, that hardly ever hit, and with a mean."""
    check_noise(Sound(), installed=False)
    alike = drawing(
        lambda d, shape, g: torch.randn((shape[0], 1, 1, 1), generator=g, dtype=d.dtype, device=d.device).expand(shape)
    )
    check_noise(alike, installed=False)
    check_noise(sampling(lambda n, d, s: n + 0.3), installed=False)
    rare = drawing(lambda d, shape, g: _rare(torch.rand(shape, generator=g, dtype=d.dtype, device=d.device)))
    check_noise(rare, installed=False)


def _rare(uniform):
    return 10.0 * ((uniform < 0.005).to(uniform) - (uniform > 0.995).to(uniform))


class Grey(Sound):
    def __init__(self, *levels: int):
        self.levels = levels


class Choosy(Sound):
    def __init__(self, share: float = 2.0):
        if share > 1:
            raise AdvspaceError(f"share must be <= 1, got {share}")


def test_settings(breaks):
    breaks(check_noise, Grey(), r"have a constructor that makes a config: Grey: a config cannot set '\*levels: int'")


def test_entry_point(third_party):
    with pytest.raises(ContractError, match=r'named under \[project.entry-points."advspace.noise"\] of its pyproject'):
        check_noise(Sound())
    third_party("noise", "sound", f"from {__name__} import Sound\nclass Plugin(Sound): ...\n", package="sound")
    from sound import Plugin

    check_noise(Plugin())


def test_defaults_that_are_refused(third_party):
    third_party("noise", "choosy", f"from {__name__} import Choosy\nclass Plugin(Choosy): ...\n", package="choosy")
    from choosy import Plugin

    with pytest.raises(ContractError, match=r"be built from its own defaults, .* share must be <= 1, got 2\.0"):
        check_noise(Plugin(share=0.5))
