"""Random numbers that depend on what they are for, and on nothing else."""

import hashlib

import torch


def seed_of(*parts: str | int | float) -> int:
    """A 63-bit seed that is the same on every machine and for ever, for `parts` in this order."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def generator_of(*parts: str | int | float, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator on `device` seeded by `parts`."""
    return torch.Generator(device).manual_seed(seed_of(*parts))
