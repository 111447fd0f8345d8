"""How far long work has come."""

from advspace.progress.ticks import tick as tick
