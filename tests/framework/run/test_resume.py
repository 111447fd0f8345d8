"""Going on with a run: its own settings, and today's where they change no table."""

import pytest
from omegaconf import OmegaConf

from advspace import AdvspaceError
from advspace.run.resume import keep_values, resumed_config
from advspace.run_directory import RunDirectory


@pytest.fixture
def begun(compose_config, tmp_path):
    """A run that began with other settings than the defaults; returns today's config and its directory."""

    def made(*today, without=()):
        stored = compose_config("images=7", "noise=uniform", "batch_size=3")
        OmegaConf.set_struct(stored, False)
        for name in without:
            del stored[name]
        run = RunDirectory(tmp_path)
        run.config.parent.mkdir(exist_ok=True)
        OmegaConf.save(stored, run.config)
        return compose_config(f"resume={tmp_path}", *today)

    return made


def test_the_settings_are_those_that_the_run_began_with(begun):
    config = resumed_config(begun(), ["resume=..."])
    assert (config.images, config.noise.plugin, config.batch_size) == (7, "uniform", 3)


def test_what_changes_no_table_is_todays(begun):
    overrides = ["batch_size=9", "tracking=off", "+trainer.max_epochs=3", "analysis=[shares]"]
    config = resumed_config(begun(*overrides), [*overrides, "resume=...", "hydra.verbose=true"])
    assert (config.batch_size, config.images) == (9, 7)
    assert config.trainer.max_epochs == 3
    assert list(config.analysis) == ["shares"]


def test_what_changes_tables_is_refused(begun, tmp_path):
    said = rf"resume: the settings come from {tmp_path}/.hydra/config.yaml; remove images, noise \(only trainer, "
    with pytest.raises(AdvspaceError, match=said):
        resumed_config(begun(), ["images=8", "noise.mean=zero", "batch_size=9"])


def test_a_run_of_an_older_version_gets_todays_figures(begun):
    config = resumed_config(begun(without=["figures", "objective"]), [])
    assert config.figures.font_size == 9
    assert list(config.objective)


def test_what_is_no_run(begun, tmp_path, compose_config):
    with pytest.raises(AdvspaceError, match=r"resume: .*gone is no run directory \(it has no .hydra/config.yaml\)"):
        resumed_config(compose_config(f"resume={tmp_path}/gone"), [])
    today = begun()
    RunDirectory(tmp_path).config.write_text("[1, 2]")
    with pytest.raises(AdvspaceError, match=r"config.yaml is no config; start the run anew"):
        resumed_config(today, [])


def test_a_stored_config_resolves_nothing(begun, tmp_path, monkeypatch):
    """It may come from someone else, and a variable of this machine would get into summary and report."""
    monkeypatch.setenv("SECRET", "hidden")
    today, run = begun(), RunDirectory(tmp_path)
    run.config.write_text(run.config.read_text().replace("images: 7", "images: ${oc.env:SECRET}"))
    with pytest.raises(AdvspaceError, match=r"resume: images in .*config.yaml is an interpolation"):
        resumed_config(today, [])
    assert run.read_settings()["images"] == "${oc.env:SECRET}"


def test_a_new_run_stores_the_values_of_interpolations(compose_config, tmp_path, monkeypatch):
    """Else the run would change with the variable."""
    monkeypatch.setenv("ADVSPACE_MNIST", "somewhere")
    config = compose_config("experiment=depth_logistic")
    run = RunDirectory(tmp_path)
    run.config.parent.mkdir()
    OmegaConf.save(config, run.config)
    assert "oc.env" in run.config.read_text()
    keep_values(tmp_path, config)
    assert run.read_settings()["dataset"]["root"] == "somewhere"
    assert resumed_config(compose_config(f"resume={tmp_path}"), []).dataset.root == "somewhere"
