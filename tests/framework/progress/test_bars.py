"""What the bars say."""

import io

from rich.console import Console

from advspace.progress import bars
from advspace.progress.ticks import tick


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
