"""A run directory belongs to one set of settings."""

import json

import pytest
from made_run import made_run

from advspace import AdvspaceError
from advspace.run.identity import adopt, begin

SETTINGS = {"seed": 0, "noise": {"plugin": "gaussian"}, "batch_size": 64, "tracking": {"project": "a"}}


def test_the_same_settings_go_on(tmp_path):
    begin(tmp_path, SETTINGS)
    first = (tmp_path / "identity.json").read_bytes()
    begin(tmp_path, SETTINGS | {"batch_size": 2, "tracking": "off"})  # these change no result
    assert (tmp_path / "identity.json").read_bytes() == first


def test_settings_that_differ_are_named_with_both_values(tmp_path):
    begin(tmp_path, SETTINGS)
    with pytest.raises(AdvspaceError) as caught:
        begin(tmp_path, SETTINGS | {"seed": 5, "noise": {"plugin": "laplace", "width": 2.0}})
    text = str(caught.value)
    assert "seed=0, now 5" in text
    assert "noise=gaussian, now laplace" in text
    assert "noise.width=not set, now 2.0" in text
    assert f"resume={tmp_path}" in text
    assert "\n" not in text


def test_few_of_many_differences_are_named(tmp_path):
    begin(tmp_path, {f"key{number}": 0 for number in range(9)})
    with pytest.raises(AdvspaceError, match="and 4 more"):
        begin(tmp_path, {f"key{number}": 1 for number in range(9)})


def test_a_run_without_an_identity_is_not_taken_over(tmp_path):
    """Nobody knows what its rows were made with, unless its own config says so."""
    run = made_run(tmp_path / "run")
    with pytest.raises(AdvspaceError, match=r"settings of the run in .* are unknown"):
        begin(run, SETTINGS)
    adopt(run, SETTINGS)
    begin(run, SETTINGS)
    adopt(run, SETTINGS | {"seed": 9})  # it has one already
    assert json.loads((run / "identity.json").read_text())["settings"]["seed"] == "0"


def test_a_value_and_its_text_are_different_settings(tmp_path):
    begin(tmp_path, {"seed": 1})
    with pytest.raises(AdvspaceError, match="began with other settings"):
        begin(tmp_path, {"seed": "1"})


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"digest": "", "settings": {"seed": "0"}}'])
def test_a_damaged_identity_is_refused_and_made_again_from_the_stored_config(tmp_path, damage):
    begin(tmp_path, SETTINGS)
    whole = (tmp_path / "identity.json").read_bytes()
    (tmp_path / "identity.json").write_bytes(damage)
    with pytest.raises(AdvspaceError, match=r"identity.json is missing or damaged"):
        begin(tmp_path, SETTINGS)
    adopt(tmp_path, SETTINGS)
    assert (tmp_path / "identity.json").read_bytes() == whole
