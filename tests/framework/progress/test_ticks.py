"""Progress is told to whoever listens."""

import io

from rich.console import Console

from advspace.progress import bars
from advspace.progress.ticks import listening, tick


def test_nobody_listens():
    tick("attack")


def test_listener_hears_every_tick_within_the_block():
    heard = []
    with listening(lambda stage, count: heard.append((stage, count))):
        tick("attack")
        tick("draws", 50)
    tick("attack")
    assert heard == [("attack", 1), ("draws", 50)]


def test_bars_show_images_done_and_rates(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(bars, "Console", lambda **_: Console(file=out, width=120))
    with bars.progress_bars(3):
        for _ in range(3):
            tick("attack")
            tick("draws", 4000)
            tick("probe")
    lines = out.getvalue().splitlines()
    assert any("attack" in line and "3/3" in line and "images/s" in line for line in lines)
    assert any("probe" in line and "3/3" in line and "probes/s" in line for line in lines)
