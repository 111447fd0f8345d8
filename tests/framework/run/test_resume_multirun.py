"""A multirun is resumed by its own command."""

import pytest
from omegaconf import OmegaConf

from advspace import AdvspaceError
from advspace.run.resume_multirun import resumed_arguments


@pytest.fixture
def multirun(tmp_path):
    directory = tmp_path / "a, multirun=x"
    directory.mkdir()
    task = ["noise=gaussian,laplace", "seed=0,1"]
    hydra = ["hydra.sweep.dir=elsewhere", "hydra.mode=MULTIRUN", "hydra/launcher=joblib"]
    OmegaConf.save({"hydra": {"overrides": {"task": task, "hydra": hydra}}}, directory / "multirun.yaml")
    return directory


def test_the_stored_command_is_repeated_in_its_directory(multirun):
    assert resumed_arguments([f'resume="{multirun}"', "batch_size=4"]) == [
        "--multirun",
        "hydra/launcher=joblib",
        f'hydra.sweep.dir="{multirun}"',
        "noise=gaussian,laplace",
        "seed=0,1",
        "batch_size=4",
    ]


def test_results_stay_as_they_are(multirun):
    with pytest.raises(AdvspaceError, match=r"multirun.yaml; remove images=4 \(only trainer, "):
        resumed_arguments([f'resume="{multirun}"', "images=4"])


@pytest.mark.parametrize("arguments", [[], ["noise=laplace"], ["resume=somewhere"], ["resume=[", "seed=1"]])
def test_everything_else_is_left_to_hydra(arguments):
    assert resumed_arguments(arguments) == arguments


def test_a_run_inside_is_resumed_alone(multirun):
    (multirun / "0" / ".hydra").mkdir(parents=True)
    (multirun / "0" / ".hydra" / "config.yaml").write_text("")
    assert resumed_arguments([f'resume="{multirun}/0"']) == [f'resume="{multirun}/0"']
