"""Intervals, the bootstrap over images, and half scales: NumPy and SciPy only, nothing of runs."""
