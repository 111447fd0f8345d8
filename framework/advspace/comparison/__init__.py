"""Several runs side by side: what differs, what belongs together, what failed."""

from advspace.comparison.comparison import Comparison as Comparison
from advspace.comparison.comparison import read_comparison as read_comparison
