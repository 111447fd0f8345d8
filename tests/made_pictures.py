"""PNG and TIFF files written by their specifications, for what PIL cannot write."""

import struct
import zlib

import numpy as np

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_COLOUR = {1: 0, 2: 4, 3: 2, 4: 6}
"""Channels -> type of colour."""


def png_chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_bytes(values, *chunks):
    """A PNG of uint8 or uint16 `[height, width, channels]`, with more chunks between header and pixels."""
    height, width, channels = values.shape
    header = struct.pack(">IIBBBBB", width, height, 8 * values.itemsize, PNG_COLOUR[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in values.astype(values.dtype.newbyteorder(">")))
    return b"".join(
        (
            PNG_START,
            png_chunk(b"IHDR", header),
            *(png_chunk(*chunk) for chunk in chunks),
            png_chunk(b"IDAT", zlib.compress(rows)),
            png_chunk(b"IEND", b""),
        )
    )


def empty_png(width, height, bits, colour=0):
    """A black PNG, packed as well as possible, without its pixels in memory."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    pack, row = zlib.compressobj(9), bytes(1 + (width * bits * channels + 7) // 8)
    content = b"".join(pack.compress(row) for _ in range(height)) + pack.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return PNG_START + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", content) + png_chunk(b"IEND", b"")


def tiff_bytes(values, photometric, sample_format=1, planar=1, bits=None):
    """A TIFF (little endian, one strip) of `[height, width]` or `[height, width, channels]`.

    Args:
        values: The numbers.
        photometric: 0 or 1 if zero is white or black, 2 for RGB.
        sample_format: 1 for whole numbers, 2 for signed ones, 3 for floats.
        planar: 2 if the channels come one after the other.
        bits: Bits of a number, if `values` holds packed ones.
    """
    height, width, *channels = values.shape
    number = channels[0] if channels else 1
    stored = values.transpose(2, 0, 1) if planar == 2 else values
    content = np.ascontiguousarray(stored, values.dtype.newbyteorder("<")).tobytes()
    depth = [bits or 8 * values.itemsize] * number
    after = 8 + 2 + 12 * 10 + 4
    entries = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, number, depth[0] if number == 1 else after),
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1 if planar == 1 else number, after + 2 * number),
        (277, 3, 1, number),
        (279, 4, 1, len(content)),
        (284, 3, 1, planar),
        (339, 3, 1, sample_format),
    ]
    offsets = b""
    if planar == 2:
        first, each = after + 2 * number + 4 * number, len(content) // number
        offsets = struct.pack(f"<{number}I", *(first + channel * each for channel in range(number)))
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    tags = b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", 0)
    return head + tags + struct.pack(f"<{number}H", *depth) + offsets + content
