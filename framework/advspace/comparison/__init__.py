"""Several runs side by side: what differs, what belongs together, what failed."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advspace.comparison.comparison import Comparison as Comparison
    from advspace.comparison.comparison import read_comparison as read_comparison


def __getattr__(name: str) -> Any:
    """Load the comparison when it is asked for: it needs pandas, a single run that begins does not."""
    if name not in ("Comparison", "read_comparison"):
        raise AttributeError(f"module 'advspace.comparison' has no attribute '{name}'")
    from advspace.comparison import comparison

    return getattr(comparison, name)
