"""Make adversarial images and probe the space around them: ``python probe.py noise=empirical``."""

import sys

from advspace.run.start import start

if __name__ == "__main__":
    start("probe", sys.argv[1:])  # through @hydra.main, for which the tab completion of fish looks here
