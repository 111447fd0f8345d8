"""Comparison of several runs: differences of settings, groups, failures."""

from advspace.comparison.comparison import Comparison as Comparison
from advspace.comparison.comparison import read_comparison as read_comparison
