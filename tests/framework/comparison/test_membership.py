"""Which multirun a run is part of, and what it is called there."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from advspace.comparison.membership import LONGEST, group_of, write_command
from advspace.run_directory import MultirunDirectory


@pytest.mark.parametrize(
    ("directory", "name"),
    [("/data/sweeps/depth", "depth"), ("multirun/depth", "multirun/depth"), ("x" * 200, "x" * LONGEST)],
)
def test_a_multirun_is_called_as_the_user_wrote_it(directory, name):
    assert group_of(Path(directory)) == name


def test_the_command_is_kept(tmp_path):
    config = OmegaConf.create({"hydra": {"sweep": {"dir": str(tmp_path / "new")}, "overrides": {"task": ["seed=0,1"]}}})
    write_command(config)
    kept = OmegaConf.load(MultirunDirectory(tmp_path / "new").command)
    assert kept.hydra.overrides.task == ["seed=0,1"]


def test_a_damaged_command_is_read_from_its_copy(tmp_path):
    overrides = {"task": ["seed=0,1"], "hydra": ["hydra.mode=MULTIRUN"]}
    write_command(OmegaConf.create({"hydra": {"sweep": {"dir": str(tmp_path)}, "overrides": overrides}}))
    multirun = MultirunDirectory(tmp_path)
    multirun.command.write_text(multirun.command.read_text().replace("seed=0,1", "seed=0,3"))
    assert (multirun.read_overrides(), multirun.read_overrides("hydra")) == (["seed=0,1"], ["hydra.mode=MULTIRUN"])
    multirun.overrides.write_text("{")
    assert multirun.read_overrides() == ["seed=0,3"]
