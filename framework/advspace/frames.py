"""Types of tables for modules that do not import pandas at start: that takes a third of a second."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

    Frame: TypeAlias = pd.DataFrame
    Column: TypeAlias = "pd.Series[Any]"
else:
    Frame = Column = Any
