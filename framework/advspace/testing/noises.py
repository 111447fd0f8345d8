"""The contract of a noise, clause by clause."""

from typing import Any

import torch
from torch import Tensor

from advspace.errors import AdvspaceError
from advspace.noise.contract import Noise
from advspace.testing.clauses import Subject, devices
from advspace.testing.installation import check_settings
from advspace.testing.randomness import own_randomness

SHAPE = 3, 5, 7
DRAWS = 1000
SCALES = 0.25, 4.0
CERTAIN = 7.0
"""Largest difference of a mean, in standard errors; a pixel's mean exceeds it once in 10^11 times.  The seeds are
fixed, so a noise passes always or never."""
ROUNDING = 1e-3


def check_noise(noise: Noise, *, installed: bool = True) -> None:
    """Test a noise against its contract.

    Args:
        noise: The noise.
        installed: Whether the class must have an entry point, as for `noise=<name>` on the command line.

    Raises:
        ContractError: a clause is broken; the message names it.
    """
    subject = Subject("noise", noise)
    check_settings(subject, named=installed)
    for device in devices():
        with own_randomness(subject, "draw from `generator`"):
            for clause in (_form, _seed, _centre, _spread, _affine, _symmetric, _flat, _negative):
                clause(subject, device)


def _form(subject: Subject, device: torch.device) -> None:
    for dtype in (torch.float32, torch.float64):
        for draws in (1, 6):
            distortion = _distortion(device, dtype)
            kept = distortion.clone()
            _draw(subject, distortion, 1.0, draws)
            subject.must("leave the distortion it is given as it is", torch.equal(distortion, kept))


def _seed(subject: Subject, device: torch.device) -> None:
    distortion = _distortion(device)
    one, same, other = (_draw(subject, distortion, 1.0, DRAWS, seed) for seed in (1, 1, 2))
    subject.must("give the same noise for the same state of the generator", torch.equal(one, same))
    subject.must("give other noise for another state of the generator", not torch.equal(one, other))
    subject.must("give draws that differ from one another", not torch.equal(one, one[:1].expand_as(one)))


def _centre(subject: Subject, device: torch.device) -> None:
    """The mean is the same at every scale: the image at scale 0."""
    distortion = _distortion(device)
    middle = _middle(subject, distortion)
    level = float(middle.mean())
    for scale in SCALES:
        noise = _draw(subject, distortion, scale, DRAWS).double() - middle
        allowed = ROUNDING * scale * float(distortion.std())
        clause = f"have the same mean at scale {scale:g} as at scale 0 ({level:.3g})"
        for means in (noise.flatten(1).mean(1, keepdim=True), noise.flatten(1)):
            error, mean = means.std(0) / DRAWS**0.5, means.mean(0)
            worst = int((mean.abs() - CERTAIN * error).argmax())
            kept = mean[worst].abs() <= CERTAIN * error[worst] + allowed
            where = "over all pixels" if len(mean) == 1 else f"at pixel {worst}"
            subject.must(
                clause,
                kept,
                f"{float(mean[worst] + (level if len(mean) == 1 else middle.flatten()[worst])):.3g} {where}",
            )


def _spread(subject: Subject, device: torch.device) -> None:
    """Standard deviation over draws and pixels; its error is estimated between draws, as pixels may be correlated."""
    distortion = _distortion(device)
    middle = _middle(subject, distortion)
    for scale in SCALES:
        squares = (_draw(subject, distortion, scale, DRAWS).double() - middle).square().flatten(1).mean(1)
        wanted, result = scale * subject.plugin.sd(distortion), float(squares.mean())
        allowed = CERTAIN * float(squares.std()) / DRAWS**0.5 + ROUNDING * wanted**2
        clause = f"have standard deviation {wanted:.3g} at scale {scale:g}, scale times that of the distortion"
        subject.must(clause, abs(result - wanted**2) <= allowed, f"{result**0.5:.3g}")


def _affine(subject: Subject, device: torch.device) -> None:
    """A noise with `affine = True` must be linear in the scale, else shared draws would have another distribution."""
    if not subject.plugin.affine:
        return
    distortion = _distortion(device)
    still, unit = (_draw(subject, distortion, scale, DRAWS) for scale in (0.0, 1.0))
    for scale in SCALES:
        far = (_draw(subject, distortion, scale, DRAWS) - (still + scale * (unit - still))).abs().max()
        clause = f"give, at scale {scale:g}, {scale:g} times its noise at scale 1, because affine = True"
        subject.must(clause, far <= ROUNDING * scale * unit.abs().max(), f"noise that is {float(far):.3g} away")


def _symmetric(subject: Subject, device: torch.device) -> None:
    """An odd function of a symmetric noise has the mean zero; a bounded one, because tails may be heavy."""
    if not subject.plugin.symmetric:
        return
    distortion = _distortion(device)
    noise = _draw(subject, distortion, 1.0, DRAWS).double() - _middle(subject, distortion)
    odd = torch.tanh(noise / noise.std()).pow(3).flatten(1)
    for powers in (odd.mean(1, keepdim=True), odd):
        skew = powers.mean(0) / powers.std(0) * DRAWS**0.5
        worst = float(skew.abs().max())
        subject.must(
            "be symmetric about its mean, because symmetric = True", worst <= CERTAIN, f"{worst:.1f} errors off"
        )


def _flat(subject: Subject, device: torch.device) -> None:
    noise = _draw(subject, torch.full(SHAPE, 0.25, device=device), 1.0, 6)
    subject.must("have standard deviation 0 for a constant distortion", (noise - noise[0, 0, 0, 0]).abs().max() < 1e-6)


def _negative(subject: Subject, device: torch.device) -> None:
    clause = "refuse a negative scale with an AdvspaceError, as advspace.noise.spread does"
    distortion, generator = _distortion(device), torch.Generator(device)
    try:
        subject.plugin.sample(distortion, -1.0, 1, generator)
    except AdvspaceError:
        return
    except Exception as error:
        raise subject.broken(f"{clause}, got {type(error).__name__}") from error
    raise subject.broken(f"{clause}, got noise")


def _middle(subject: Subject, distortion: Tensor) -> Tensor:
    """The image at scale 0."""
    still = _draw(subject, distortion, 0.0, 6)
    far = (still - still[:1]).abs().max()
    subject.must(
        "give the same image for every draw at scale 0", far <= 1e-6, f"draws that differ by up to {float(far):.3g}"
    )
    return still[0].double()


def _draw(subject: Subject, distortion: Tensor, scale: float, draws: int, seed: int = 0) -> Tensor:
    generator = torch.Generator(distortion.device).manual_seed(seed)
    where = f"{distortion.device} for a distortion {list(distortion.shape)} of {distortion.dtype} and scale {scale:g}"
    noise: Any = subject.asked(f"draw on {where}", lambda: subject.plugin.sample(distortion, scale, draws, generator))
    subject.tensor("noise", noise, distortion, (draws, *SHAPE))
    subject.must(f"give finite numbers on {where}", torch.isfinite(noise).all(), "NaN or infinite ones")
    drawn: Tensor = noise
    return drawn


def _distortion(device: torch.device, dtype: torch.dtype = torch.float32) -> Tensor:
    """A skewed distortion with a different mean and standard deviation in each channel."""
    made = torch.empty(SHAPE).exponential_(generator=torch.Generator().manual_seed(5))
    return (0.1 * made * torch.tensor([1.0, -0.5, 2.0]).reshape(3, 1, 1)).to(device, dtype)
