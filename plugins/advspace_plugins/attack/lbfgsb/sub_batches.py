"""Attack as many images at once as memory allows."""

from advspace.shapes import Images

WORK = 30
"""Vectors of an image's size that the solver, the search and their temporaries need beside the memory of pairs."""
GIB = 2**30


def bytes_each(image: Images, memory: int) -> int:
    """Memory that one image's solver takes at its peak, in bytes.

    A pair is two vectors; they exist twice for a moment when images that are done leave the batch.

    Args:
        image: Any batch of the images.
        memory: Correction pairs.
    """
    return image[:1].numel() * image.element_size() * (4 * memory + WORK)


def sub_batches(image: Images, memory: int, gib: float) -> list[slice]:
    """Divide a batch into parcels that fit, of one image at least.

    Args:
        image: The batch.
        memory: Correction pairs.
        gib: Memory for one parcel.
    """
    fit = max(1, int(gib * GIB / max(1, bytes_each(image, memory))))
    return [slice(first, first + fit) for first in range(0, len(image), fit)]
