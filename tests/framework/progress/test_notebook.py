"""Progress in a notebook."""

import pytest
from rich.console import Console

from advspace.progress import bars, notebook
from advspace.progress.ticks import tick


@pytest.fixture
def texts(monkeypatch):
    """The texts that a cell has shown one after the other, in a notebook whose clock stands still after the first."""
    shown = []

    class Handle:
        def update(self, data, raw):
            assert raw
            shown.append(data["text/plain"])

    def display(data, raw, display_id):
        assert raw
        assert display_id
        shown.append(data["text/plain"])
        return Handle()

    pytest.importorskip("IPython.display")
    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(bars, "Console", lambda **settings: Console(force_jupyter=True, **settings))
    monkeypatch.setattr(notebook, "monotonic", lambda: 100.0)
    return shown


def test_one_text_is_replaced_and_the_last_one_has_all(texts):
    with bars.progress_bars(3):
        for _ in range(3):
            tick("attack")
            tick("draws", 4000)
            tick("probe")
    assert len(texts) == 3  # the first, one update in the half second, the last
    attack, probe = texts[-1].splitlines()
    assert attack.startswith("attack")
    assert "3/3" in attack
    assert "images/s" in attack
    assert "3/3" in probe
    assert "probes/s" in probe
    assert max(map(len, texts[-1].splitlines())) <= notebook.WIDTH


def test_the_last_text_is_shown_after_an_error_too(texts):
    def stopped():
        with bars.progress_bars(3):
            tick("attack", 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stopped()
    assert "2/3" in texts[-1]
