"""Progress of long work."""

from advspace.progress.ticks import tick as tick
