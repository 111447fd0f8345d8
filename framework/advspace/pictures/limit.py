"""One limit against decompression bombs: small files that unpack to gigabytes."""

MAX_BYTES = 2**28
"""Most bytes that one file may unpack to, with one byte per value (256 MiB)."""
MAX_PIXELS = MAX_BYTES // 3
"""The same for a colour picture.  It is also Pillow's own default."""
RATIO = 100
"""Pictures of one folder may need more than `MAX_BYTES` of memory together if that is at most this many times their
files; for photographs it is 5 to 20 times."""


def check_pixels(width: int, height: int) -> None:
    """Check the size of one picture, before its pixels are read.

    Raises:
        ValueError: it has more than `MAX_PIXELS` pixels.
    """
    if width * height > MAX_PIXELS:
        raise ValueError(f"it has {width} x {height} pixels; more than {MAX_PIXELS:,} are refused")


def check_together(needed: int, stored: int) -> None:
    """Check the size of all pictures that are held in memory at once, before their pixels are read.

    Args:
        needed: Bytes of memory.
        stored: Bytes of their files.

    Raises:
        ValueError: they need more than `MAX_BYTES`, and more than `RATIO` for each byte of the files.
    """
    if needed > max(MAX_BYTES, RATIO * stored):
        raise ValueError(
            f"their {stored:,} bytes unpack to {needed:,}; more than {MAX_BYTES:,} are refused if they are more than "
            f"{RATIO} times the files"
        )
