"""Cells that end when they are known well enough, each by itself."""

import numpy as np
import pytest

from advspace import AdvspaceError, NoiseBlocks
from advspace.errors import AdvspaceWarning
from advspace.probe.until import Until
from advspace.statistics.interval import wilson
from advspace.statistics.sequential import confidence_sequence
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

BLOCKS = NoiseBlocks((0, "a", "gaussian"))
SCALES = (0.25, 1.0, 4.0)


def probed(model, case, blocks=BLOCKS, **settings):
    result = Ladder(**{"scales": SCALES, "draws": 400} | settings)(model, case, Gaussian(), blocks)
    return {(row.center, row.box, row.scale): row for row in result.records}


def kept(row):
    return row.n_original if row.center == "original" else row.n_target


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("until", ["width:0.05", "decided:0.5"])
def test_each_cell_ends_with_the_first_block_that_is_enough(model, case, until, shared):
    """The counts after each block are those of a run with so many draws."""
    ended = probed(model, case, until=until, shared_draws=shared)
    assert len({row.draws for row in ended.values()}) > 1
    rule = Until.of(until)
    fixed = {draws: probed(model, case, draws=draws, shared_draws=shared) for draws in range(50, 401, 50)}
    for cell, row in ended.items():
        assert row.class_counts == fixed[row.draws][cell].class_counts
        looks = [bool(rule.reached([kept(fixed[draws][cell])], [draws])[0]) for draws in range(50, row.draws, 50)]
        assert not any(looks)
        assert row.draws == 400 or rule.reached([kept(row)], [row.draws])[0]


def test_neither_passes_nor_company_change_the_draws(model, case):
    whole = probed(model, case, until="width:0.05")
    assert probed(model, case, NoiseBlocks(BLOCKS.key, 33), until="width:0.05").keys() == whole.keys()
    cut = probed(model, case, NoiseBlocks(BLOCKS.key, 33), until="width:0.05")
    assert [row.class_counts for row in cut.values()] == [row.class_counts for row in whole.values()]
    alone = probed(model, case, until="width:0.05", scales=(1.0,), center="original", box="none")
    assert alone["original", "none", 1.0] == whole["original", "none", 1.0]


def test_what_the_rules_ask():
    low, high = wilson(np.array([0, 200]), np.array([50, 400]))
    assert Until("width", 0.05).reached([0, 200], [50, 400]).tolist() == (high - low <= 0.1).tolist() == [True, True]
    assert Until("width", 0.05).reached([175], [350]).tolist() == [False]
    low, high = confidence_sequence(np.array([40]), np.array([50]))
    assert low[0] > 0.5
    assert Until("decided", 0.5).reached([40, 27], [50, 50]).tolist() == [True, False]


def test_joint_counts_are_over_the_draws_that_all_scales_have(model, case):
    result = Ladder(scales=SCALES, draws=400, until="width:0.05")(model, case, Gaussian(), BLOCKS)
    draws = {(row.center, row.box): [] for row in result.records}
    for row in result.records:
        draws[row.center, row.box].append(row.draws)
    for row, labels in zip(result.tables["joint"], result.tables["labels"], strict=True):
        assert labels["draws"] == draws[row["center"], row["box"]]
        assert row["draws"] == min(labels["draws"])


def test_a_rule_that_nothing_can_reach_uses_all_draws_and_says_so(model, case):
    with pytest.warns(AdvspaceWarning, match="until=width:0.013 cannot be reached with 60 draws"):
        rows = probed(model, case, until="width:0.013", draws=60)
    assert {row.draws for row in rows.values()} == {60}


@pytest.mark.parametrize("text", ["width", "width:0", "width:1.5", "decided:half", "depth:0.1", "width:nan"])
def test_refused(text):
    with pytest.raises(AdvspaceError, match=f"until must be width:.* got '{text}'; write"):
        Ladder(until=text)
