"""Several runs at once on one cache and on one directory, and a disk that is full.

    python tests/faults/crowds.py --count 40 --seed 0

A try is either some processes that start together, or a run whose n-th write finds a full disk and which goes on when
there is space again.
"""

import errno
import os
import random
import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.base import composed, quiet
from faults.command import run
from faults.results import Results, compared, results
from faults.started import Started, fork
from faults.tally import Tally

from advspace.run.command_line import prepare
from advspace.run.messages import sentence
from advspace.run.probe import run_probe

SETTINGS = ("images=6", "model.epochs=3")
MOST = 3
"""Processes at once."""
CROWDED = 0.15
"""Share of tries with several processes, which take longer."""
WRITES = 24
"""Writes of a run, of which one finds the disk full."""
REFUSED = "works on the run in"


def whole(folder: Path) -> None:
    """A run in this process."""
    config = composed(*SETTINGS, f"cache={folder}/cache")
    run_probe(config, folder / "run", f"python probe.py resume={folder}/run")


@contextmanager
def full_disk(after: int, half: int) -> Iterator[None]:
    """The disk is full from the `after`-th file on; some bytes of that file still fit."""
    written = iter(range(10**9))
    fsync = os.fsync

    def sync(number: int) -> None:
        if next(written) >= after:
            os.ftruncate(number, half)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(number)

    with patch("os.fsync", sync):
        yield


def full(folder: Path, dice: random.Random, wanted: Results) -> tuple[set[str], str, str]:
    """A run on a full disk, and again with space."""
    after, half = dice.randrange(WRITES), dice.randrange(1000)
    outcomes, said = set(), ""
    with quiet(), full_disk(after, half):
        try:
            whole(folder)
        except Exception as error:
            text = sentence(error)
            said = text or traceback.format_exc()
            outcomes.add("told" if text and "No space left" in text else "tracebacks")
    if list(folder.glob("**/.*.part")):
        outcomes.add("untold")
    try:
        with quiet():
            whole(folder)
        outcomes |= compared(results(folder / "run"), wanted)
    except Exception:
        outcomes, said = {"tracebacks"}, traceback.format_exc()
    return outcomes, f"full from write {after} on, {half} bytes of it fit", said


def crowd(folder: Path, dice: random.Random, wanted: Results) -> tuple[set[str], str, str]:
    """Processes with one cache; in one directory all but one are refused, or find the run finished."""
    together = dice.random() < 0.5
    names = ["run" if together else f"run-{number}" for number in range(dice.randint(2, MOST))]
    begun = [_begin(folder, name, number) for number, name in enumerate(names)]
    outcomes, said = set(), ""
    for process in begun:
        status, text = process.wait(), process.said()
        said += text
        if status is None:
            outcomes.add("hangs")
        elif "Traceback" in text:
            outcomes.add("tracebacks")
        elif status:
            outcomes.add("told" if together and REFUSED in text else "untold")
    for name in set(names):
        outcomes |= compared(results(folder / name), wanted)
    if list(folder.glob("**/.*.part")):
        outcomes.add("untold")
    return outcomes, f"processes in {names}", said


def _begin(folder: Path, name: str, number: int) -> Started:
    own = folder / f"said-{number}"
    own.mkdir()
    more = ("probe.draws=10", "probe.scales=[1,4]", "analysis=[attacks]", "tracking=off", "batch_size=2")
    return fork(["probe.py", *SETTINGS, *more, f"cache={folder}/cache", f"hydra.run.dir={folder}/{name}"], own)


def campaign(count: int, seed: int, show: bool = False, crowded: float = CROWDED) -> Tally:
    """Make `count` tries.

    Args:
        count: Number of tries.
        seed: Seed of chance.
        show: Whether to print each try.
        crowded: Share of tries with several processes.
    """
    tally, dice = Tally("crowds", show), random.Random(seed)
    prepare()
    with TemporaryDirectory() as name:
        unbroken = Path(name) / "unbroken"
        unbroken.mkdir()
        with quiet():
            whole(unbroken)
        wanted: Any = results(unbroken / "run")
        for _ in range(count):
            folder = Path(name) / "try"
            folder.mkdir()
            if dice.random() < crowded:
                tally.add("processes at once", *crowd(folder, dice, wanted))
            else:
                tally.add("full disk", *full(folder, dice, wanted))
            shutil.rmtree(folder)
    return tally


if __name__ == "__main__":
    run(campaign, __doc__, 40)
