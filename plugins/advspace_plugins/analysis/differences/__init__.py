"""Differences between runs, and between box policies: half scales in octaves, shares, estimates of each attack."""
