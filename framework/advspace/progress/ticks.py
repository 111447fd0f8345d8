"""How far long work has come.

Work calls `tick`; whoever shows progress listens.  Where nobody listens a tick costs nothing, so plugins may tick as
they like.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int], None]
"""Told of every tick: the stage, and how many more units of it are done."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def tick(stage: str, count: int = 1) -> None:
    """Say that `count` more units of `stage` (`attack`: images; `probe`: images; `draws`: probes) are done."""
    listener = _listener.get()
    if listener is not None:
        listener(stage, count)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell `listener` of every tick within the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def taken_back_on_error() -> Iterator[None]:
    """Take the ticks of the block back where it fails, for the work will be done again."""
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
