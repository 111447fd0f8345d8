"""The runs that analyses are tried on are real ones."""

import pandas as pd
import pytest
import torch

from advspace.testing.runs import CLASSES, DRAWS, SCALES, write_run


def test_it_is_a_finished_run_with_failures(tmp_path):
    run = write_run(tmp_path, attacks=5, failed=2, name="mine", noise="empirical")
    assert run.finished
    assert (len(run.images), len(run.succeeded), run.name) == (5, 3, "mine")
    assert run.title == "made, made, made, empirical noise"
    assert run.classes == CLASSES
    assert len(run.probes) == 3 * 2 * 2 * len(SCALES)
    counts = run.probes[["n_target", "n_original", "n_other"]]
    assert (counts >= 0).all(axis=None)
    assert (counts.sum(axis=1) == DRAWS).all()
    norms = {id_: (pair["adversarial"] - pair["image"]).norm().item() for (id_, _), pair in run.tensors()}
    assert run.succeeded.set_index("image_id")["l2"].to_dict() == pytest.approx(norms, rel=1e-6)
    assert all(((pair["adversarial"] >= 0) & (pair["adversarial"] <= 1)).all() for _, pair in run.tensors())


def test_it_is_the_same_every_time(tmp_path):
    one, other = (write_run(tmp_path / name) for name in ("one", "other"))
    torch.rand(3)
    pd.testing.assert_frame_equal(one.images, other.images)
    pd.testing.assert_frame_equal(one.probes, other.probes)
