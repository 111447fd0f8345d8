"""The contract of an analysis: ours keep it, and each broken clause is told in one sentence."""

import pandas as pd
import pytest

from advspace import Analysis, Chart, Estimate, Finding, Line, Panel
from advspace.registry.components import all_analyses
from advspace.testing import check_analysis

OF_DRAWS = ("certificate", "verdict")
"""They need a run with the classes of its draws, which their own tests have."""
OURS = {name: analysis for name, analysis in all_analyses().items() if name not in OF_DRAWS}


@pytest.mark.parametrize(("name", "analysis"), OURS.items(), ids=OURS)
def test_ours(name, analysis):
    check_analysis(analysis)


class Sound(Analysis):
    """How many attacks there are."""

    def __call__(self, run):
        table = pd.DataFrame({"attacks": [len(run.images)]})
        chart = Chart("attacks", run.subject, "attacks", "A line.", [Panel([Line([0, 1], [0, len(run.images)])])])
        attacks = run.images[["image_id", "target"]].assign(number=range(len(run.images)))
        return Finding(table, {"attacks_seen": Estimate(len(run.images))}, [chart], "There are attacks.", attacks)


def test_sound():
    check_analysis(Sound(), installed=False)


class Needy(Sound):
    needs = frozenset({"rays.radius"})


class Raising(Sound):
    def __call__(self, run):
        raise KeyError("no such column")


class Empty(Sound):
    """Works only where an attack succeeded."""

    def __call__(self, run):
        return Finding(sentence=f"{run.succeeded['l2'].iloc[0]:.3g}.")


class Greedy(Sound):
    def __call__(self, run):
        run.images["mine"] = 1
        return Finding()


class Moody(Sound):
    calls = 0

    def __call__(self, run):
        type(self).calls += 1
        return Finding(sentence=f"{self.calls}.")


class Bare(Sound):
    def __call__(self, run):
        return {"attacks": 3}


class Number(Sound):
    def __call__(self, run):
        return Finding(headline={"attacks_seen": Estimate(3, 4, 5)})


class Twice(Sound):
    def __call__(self, run):
        return Finding(pd.DataFrame([[1, 2]], columns=["mine", "mine"]))


class Endless(Sound):
    def __call__(self, run):
        return Finding(sentence="There are attacks")


class Strangers(Sound):
    def __call__(self, run):
        return Finding(attacks=pd.DataFrame({"image_id": ["a"], "target": [1], "mine": [2.0]}))


class Pairwise(Sound):
    def compare(self, runs):
        return Finding(charts=[Chart("mine", "", "", "", [Panel([Line([0, 1], [0, 1, 2])])])])


@pytest.mark.parametrize(
    ("plugin", "said"),
    [
        (Needy(), "find what it needs in the run, got the run has no table 'rays'"),
        (Raising(), "analyse a run of 6 attacks, got KeyError: 'no such column'"),
        (Empty(), "analyse a run of 2 attacks, got IndexError"),
        (Greedy(), "leave the tables of the run as they are"),
        (Moody(), "give the same finding for the same run"),
        (Bare(), "analyse a run of 6 attacks, got AdvspaceError: it must return an advspace.Finding, got dict"),
        (Number(), r"got AdvspaceError: an estimate must lie within its interval, got 3 \[4, 5\]"),
        (Twice(), "got AdvspaceError: a table's columns must have different names, got 'mine' twice"),
        (Endless(), "end its sentence with a full stop"),
        (Strangers(), "name attacks of the run in attacks"),
        (Pairwise(), "give chart 'mine' so that it can be drawn"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Analysis) else None,
)
def test_broken(breaks, plugin, said):
    breaks(check_analysis, plugin, said)


def test_it_has_to_be_named(breaks):
    breaks(check_analysis, Sound(), r'be named under \[project.entry-points."advspace.analysis"\]', installed=True)
