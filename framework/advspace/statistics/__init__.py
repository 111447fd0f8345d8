"""Intervals, the bootstrap over images, and half scales: NumPy only, nothing of runs."""
