"""Progress bars in a notebook: one text that is replaced, so that a saved notebook keeps the last one."""

from io import StringIO
from time import monotonic
from typing import Any

from rich.console import Console
from rich.progress import Progress

EVERY = 0.5
"""Shortest time between two texts, seconds: each one is a message to the browser."""
WIDTH = 100
"""Letters in a line."""


class NotebookBars(Progress):
    """The bars of `rich` as plain text in the output of a cell.

    rich itself draws with ipywidgets, which a saved notebook does not keep.
    """

    _handle: Any = None
    _shown = float("-inf")

    def start(self) -> None:
        """Show the first text."""
        from IPython.display import display

        self._handle = display({"text/plain": self.text}, raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Show the last text."""
        self._show()

    def refresh(self) -> None:
        """Show the present text, unless the last one is too young."""
        if self._handle is not None and monotonic() - self._shown >= EVERY:
            self._show()

    def update(self, *arguments: Any, **changed: Any) -> None:
        """Change a bar and show it."""
        super().update(*arguments, **changed)
        self.refresh()

    def advance(self, *arguments: Any, **changed: Any) -> None:
        """Advance a bar and show it."""
        super().advance(*arguments, **changed)
        self.refresh()

    @property
    def text(self) -> str:
        """The bars as text."""
        console = Console(file=StringIO(), width=WIDTH, force_jupyter=False, color_system=None)
        with console.capture() as captured:
            console.print(self.make_tasks_table(self.tasks))
        return "\n".join(line.rstrip() for line in captured.get().splitlines())

    def _show(self) -> None:
        self._shown = monotonic()
        if self._handle is not None:
            self._handle.update({"text/plain": self.text}, raw=True)
