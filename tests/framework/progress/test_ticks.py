"""Progress is told to whoever listens."""

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
