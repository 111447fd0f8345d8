"""Progress of long work.

Work calls `tick`, and a progress bar is the listener.  Without a listener a tick costs nothing, so plugins may call it
often.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int], None]
"""Called for every tick with the stage and the number of units done."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def tick(stage: str, count: int = 1) -> None:
    """Report that `count` more units of `stage` (`attack`: images; `probe`: images; `draws`: probes) are done."""
    listener = _listener.get()
    if listener is not None:
        listener(stage, count)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call `listener` for every tick within the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def taken_back_on_error() -> Iterator[None]:
    """Subtract the ticks of the block if it raises an error, because its work is repeated."""
    before, seen = _listener.get(), Counter[str]()

    def count(stage: str, more: int) -> None:
        seen[stage] += more
        if before is not None:
            before(stage, more)

    try:
        with listening(count):
            yield
    except BaseException:
        for stage, counted in seen.items():
            tick(stage, -counted)
        raise
