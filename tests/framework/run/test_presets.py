"""Presets: what their files say and set."""

from pathlib import Path

import pytest

from advspace import AdvspaceError
from advspace.installation import config_directory
from advspace.registry.installed import KINDS
from advspace.run.presets import Preset, presets, read_preset

GLOBAL = """\
# @package _global_
# python probe.py experiment=mine
# Many words,
# in two lines. For example:
#   python probe.py -m experiment=mine
# The end.
defaults:
  - override /dataset: mnist
  - _self_
images: 7
probe: {draws: 5, scales: [1.0, 2.0]}
"""
OF_A_KIND = """\
defaults:
  - foolbox
  - _self_
name: DDNAttack  # not a comment of the file
options: {}
"""


def test_a_preset_of_all_settings(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(GLOBAL)
    assert read_preset("experiment", path) == Preset(
        "experiment",
        "mine",
        path,
        ("Many words, in two lines. For example:", "  python probe.py -m experiment=mine", "The end."),
        "python probe.py experiment=mine",
        "",
        {"dataset": "mnist", "images": 7, "probe.draws": 5, "probe.scales": [1.0, 2.0]},
    )


def test_a_preset_on_a_plugin(tmp_path):
    path = tmp_path / "ddn.yaml"
    path.write_text(OF_A_KIND)
    preset = read_preset("attack", path)
    assert (preset.base, preset.command, preset.paragraphs) == ("foolbox", "", ())
    assert preset.sets == {"attack.name": "DDNAttack", "attack.options": {}}
    assert preset.sentence == "(its file has no comment)"


def test_an_empty_file_sets_nothing(tmp_path):
    path = tmp_path / "empty.yaml"
    path.write_text("")
    assert read_preset("trainer", path).sets == {}


@pytest.mark.parametrize("text", ["a: [1", b"\xff\xfe\x00"])
def test_a_file_that_is_no_yaml(tmp_path, text):
    path = tmp_path / "bad.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(AdvspaceError, match=f"^the preset {path} cannot be read: "):
        read_preset("trainer", path)


def test_each_of_ours_says_what_it_does():
    found = presets()
    assert list(found)[: len(KINDS)] == list(KINDS)
    read = [read_preset(kind, path) for kind, paths in found.items() for path in paths.values()]
    files = {path.relative_to(config_directory()) for path in Path(config_directory()).glob("*/**/*.yaml")}
    assert {each.path.relative_to(config_directory()) for each in read} == files - {Path("hydra/default.yaml")}
    for each in read:
        assert each.paragraphs, each.path
        assert each.sets, each.path
        assert f"{each.kind}={each.name}" in each.command
