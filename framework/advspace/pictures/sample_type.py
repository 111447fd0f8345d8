"""How a file stores its numbers, and which of them PIL misreads."""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

BITS, PHOTOMETRIC, PLANAR, SAMPLE_FORMAT = 258, 262, 284, 339
"""Tags of TIFF: bits of each channel, meaning of zero, order of the channels, kind of numbers."""
DEEPEST = 2**16 - 1
WHITES = {"I;12": 2**12 - 1, "I;16": DEEPEST, "I;16B": DEEPEST, "I;16L": DEEPEST, "I;16N": DEEPEST, "I;16R": DEEPEST}
"""The number that means white in grey pictures of more than 8 bits."""
WHITE_IS_ZERO, CHANNEL_BY_CHANNEL, SIGNED = 0, 2, 2


class SampleType(NamedTuple):
    """How PIL unpacks the numbers of a picture that is open but not loaded.

    Args:
        codec: PIL's decoder, such as `zip` or `ppm`; empty if it has only one for the format.
        raw: Layout of the numbers in the file, such as `RGB;16B`.
        deep_colour: Whether there are 16 bits for each of several channels; PIL keeps the upper 8 of them.
        white: The number that means white, if the file says so (PPM).
    """

    codec: str
    raw: str
    deep_colour: bool
    white: int | None

    @classmethod
    def of(cls, picture: "Image") -> "SampleType":
        """The type of all numbers of a picture.  PIL forgets it when it loads the pixels."""
        tiles: Any = picture.tile  # type: ignore[attr-defined]
        if not tiles:
            return cls("", picture.mode, False, None)
        codec, _, _, args = tiles[0]
        layout: list[Any] = [args] if isinstance(args, str) else list(args)
        raw = str(layout[0])
        deep = ";16" in raw and not raw.startswith("I") if picture.format == "PNG" else max(_colour_bits(picture)) > 8
        return cls(codec, raw, deep, layout[1] if codec in ("ppm", "ppm_plain") and len(layout) > 1 else None)


def check_sample_type(picture: "Image") -> None:
    """Refuse a TIFF that PIL opens but misreads.

    Raises:
        ValueError: its numbers are signed 8-bit integers; 0 means white, in 16 bits or floats; or it has 16 bits for
            each colour, one colour after the other.
    """
    if picture.format != "TIFF":
        return
    tags = picture.tag_v2  # type: ignore[attr-defined]
    if picture.mode == "L" and SIGNED in tags.get(SAMPLE_FORMAT, ()):
        raise ValueError("its pixels are signed 8-bit integers")
    if picture.mode.startswith(("I", "F")) and tags.get(PHOTOMETRIC) == WHITE_IS_ZERO:
        raise ValueError("0 means white in it, which cannot be read with more than 8 bits")
    if tags.get(PLANAR) == CHANNEL_BY_CHANNEL and max(_colour_bits(picture)) > 8:
        raise ValueError("it has 16 bits for each colour, one colour after the other, which cannot be read")


def _colour_bits(picture: "Image") -> tuple[int, ...]:
    """Bits of each channel of a coloured TIFF; zero for other pictures."""
    bits = picture.tag_v2.get(BITS, (0,)) if picture.format == "TIFF" else (0,)  # type: ignore[attr-defined]
    return tuple(bits) if len(bits) > 1 else (0,)
