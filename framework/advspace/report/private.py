"""What a page does not tell, because it is sent to others: where its author's files are, and the author's name."""

import getpass
import re
from pathlib import Path
from typing import Any

from markupsafe import Markup

ABSOLUTE = re.compile(r"(?<![\w.~/:\\])/(?:[^\s/'\"<>,;=()\[\]]+/)+[^\s/'\"<>,;=()\[\]]*")
"""An absolute path of two parts or more; an address of the web is none."""
DATA = "data:"


def private(value: Any) -> Any:
    """The value as a page shows it: the home directory is `~`, other absolute paths keep their last part.

    Args:
        value: Anything that a template prints; only plain texts change, not HTML and not the data of pictures.
    """
    if not isinstance(value, str) or isinstance(value, Markup) or value.startswith(DATA) or "/" not in value:
        return value
    home = str(Path.home())
    shown = re.sub(rf"(?<![\w.~/]){re.escape(home)}(?=/|\b|$)", "~", value) if len(home) > 1 else value
    return ABSOLUTE.sub(_last, shown)


def _last(path: re.Match[str]) -> str:
    last = path.group(0).rstrip("/").rpartition("/")[2]
    return "..." if last == _user() else f".../{last}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return ""
