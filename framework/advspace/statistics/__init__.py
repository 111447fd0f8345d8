"""Intervals, the bootstrap over images, and half scales, in NumPy and SciPy, without knowledge of runs."""
