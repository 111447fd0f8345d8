"""Lightning without its advertisements."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

UNASKED = (
    ".*does not have many workers.*",  # the images are in memory
    ".*Checkpoint directory .* exists.*",
    ".*isinstance\\(treespec, LeafSpec\\).*",  # Lightning's own use of torch
    ".*GPU available but not used.*",
    ".*Using `DistributedSampler` with the dataloaders.*",  # said in the docstring of train
)


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Hide what Lightning says of itself; its real warnings stay."""
    logger = logging.getLogger("pytorch_lightning")
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            for text in UNASKED:
                warnings.filterwarnings("ignore", message=text)
            yield
    finally:
        logger.setLevel(before)
