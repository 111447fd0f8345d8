"""Intervals, the bootstrap over images, and half scales, in NumPy, without knowledge of runs."""
