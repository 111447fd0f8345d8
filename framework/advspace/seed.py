"""Seeds and generators that depend only on the use of their numbers."""

import hashlib

import torch


def seed_of(*parts: str | int | float) -> int:
    """A 63-bit seed from `parts` and their order; it is the same on every machine and in every version."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def generator_of(*parts: str | int | float, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator on `device` with the seed of `parts`."""
    return torch.Generator(device).manual_seed(seed_of(*parts))
