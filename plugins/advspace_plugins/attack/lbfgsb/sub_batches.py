"""Divide a batch of images into sub-batches that fit into memory."""

from advspace.shapes import Images

WORK = 30
"""Vectors of an image's size that solver, search and temporaries need beside the pairs."""
GIB = 2**30


def bytes_each(image: Images, memory: int) -> int:
    """Peak memory of one image's solver, in bytes.

    A pair is two vectors; they exist twice for a moment when finished images leave the batch.

    Args:
        image: Any batch of the images.
        memory: Correction pairs.
    """
    return image[:1].numel() * image.element_size() * (4 * memory + WORK)


def sub_batches(image: Images, memory: int, gib: float) -> list[slice]:
    """Divide a batch into sub-batches that fit, of at least one image each.

    Args:
        image: The batch.
        memory: Correction pairs.
        gib: Memory for one sub-batch, in GiB.
    """
    fit = max(1, int(gib * GIB / max(1, bytes_each(image, memory))))
    return [slice(first, first + fit) for first in range(0, len(image), fit)]
