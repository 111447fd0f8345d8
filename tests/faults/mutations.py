"""Ways in which a file is damaged."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

Mutation = Callable[[Path, Sequence[Path], random.Random], None]
"""Damages a file; the others of its kind are given too."""


def flip(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """One bit is another."""
    content = bytearray(path.read_bytes())
    if content:
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    _write(path, content)


def scribble(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """Some bytes in a row are others."""
    content = bytearray(path.read_bytes())
    first = dice.randrange(len(content) + 1)
    content[first : first + dice.randint(1, 64)] = dice.randbytes(dice.randint(0, 64))
    _write(path, content)


def zeros(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """A block was never written, as after a power cut."""
    content = bytearray(path.read_bytes())
    first = dice.randrange(len(content) + 1)
    content[first:] = bytes(len(content) - first)
    _write(path, content)


def digit(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """One digit is another, which no reader of text can notice."""
    content = bytearray(path.read_bytes())
    digits = [index for index, byte in enumerate(content) if 48 <= byte <= 57]
    if digits:
        content[dice.choice(digits)] = dice.randrange(48, 58)
    _write(path, content)


def truncate(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """The end is missing."""
    content = path.read_bytes()
    _write(path, content[: dice.randrange(len(content) + 1)])


def empty(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """The file has no bytes."""
    _write(path, b"")


def delete(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """The file is gone."""
    path.unlink()


def swap(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """The file has the name of another one of its kind, and the other way round."""
    other = dice.choice(others) if others else path
    content = path.read_bytes()
    _write(path, other.read_bytes())
    _write(other, content)


def copy(path: Path, others: Sequence[Path], dice: random.Random) -> None:
    """The file is there a second time, under another number, or instead of another one."""
    if others and dice.random() < 0.5:
        _write(dice.choice(others), path.read_bytes())
    elif path.stem.startswith("part-"):
        _write(path.with_stem(f"part-{dice.randrange(1, 12):07d}"), path.read_bytes())


MUTATIONS: tuple[Mutation, ...] = (flip, flip, scribble, zeros, digit, truncate, empty, delete, swap, copy)


def _write(path: Path, content: bytes | bytearray) -> None:
    path.write_bytes(content)
