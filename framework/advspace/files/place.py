"""Paths in messages: a relative path alone does not say where it was looked for."""

from pathlib import Path


def place(path: Path) -> str:
    """A path; if it is relative, with the folder that it is relative to, such as `pictures in /home/me`.

    Args:
        path: Any path.
    """
    return str(path) if path.is_absolute() else f"{path} in {Path.cwd()}"
