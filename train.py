"""Train a model and keep its weights for ``probe.py``: ``python train.py dataset=mnist model=convnet``."""

import sys

from advspace.run.start import start

if __name__ == "__main__":
    start("train", sys.argv[1:])  # through @hydra.main, for which the tab completion of fish looks here
