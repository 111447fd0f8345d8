"""The command line: directories of runs, and what can be set beside `report=`."""

import gc
from types import SimpleNamespace

import pytest
from hydra.types import RunMode
from omegaconf import OmegaConf

from advspace import AdvspaceError
from advspace.run.command_line import begun, collect_garbage, reported, resumable


def hydra(*overrides, mode=RunMode.RUN):
    return SimpleNamespace(
        mode=mode, overrides=SimpleNamespace(task=list(overrides)), runtime=SimpleNamespace(output_dir="/runs/1")
    )


def test_the_command_that_goes_on(compose_config):
    config = compose_config()
    given, directory, command = resumable(config, hydra("seed=1"), "train")
    assert (given, str(directory)) == (config, "/runs/1")
    assert command == "python train.py resume=/runs/1"


@pytest.mark.parametrize(
    ("overrides", "mode", "remove"),
    [
        (["report=x", "images=3", "+noise.mean=zero"], RunMode.RUN, r"remove images=3 \+noise.mean=zero$"),
        (["report=x"], RunMode.MULTIRUN, "remove -m$"),
    ],
)
def test_beside_a_report_little_can_be_set(overrides, mode, remove):
    config = OmegaConf.create({"report": "x"})
    assert reported(config, hydra("report=x", "analysis=[shares]", "figures.width=3"))[0].name == "x"
    with pytest.raises(AdvspaceError, match=f"beside it only analysis and figures can be set; {remove}"):
        reported(config, hydra(*overrides, mode=mode))


def test_garbage_is_looked_for_again():
    gc.disable()
    try:
        collect_garbage()
        assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


@pytest.mark.parametrize("name", [None, "conf"])
def test_the_config_is_stored_where_programs_look_for_it(compose_config, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    hydra = SimpleNamespace(runtime=SimpleNamespace(cwd=str(tmp_path), config_sources=[]), output_subdir=name)
    with pytest.raises(AdvspaceError, match=rf"^hydra.output_subdir must stay .hydra, got {name}; "):
        begun(compose_config(), hydra)
    hydra.output_subdir = ".hydra"
    assert begun(compose_config(), hydra).images
    assert begun(compose_config("report=x"), SimpleNamespace(runtime=hydra.runtime, output_subdir=None)).report == "x"
