"""Plugins by name, not yet imported."""

import os
import tomllib

from conftest import ROOT

from advspace.registry.installed import KINDS, RUN_KINDS, SEVERAL, installed, version


def test_installed_matches_pyproject():
    """A stale editable install hides new plugins: run ``pip install -e .`` again."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    for group, points in declared.items():
        result = installed(group.removeprefix("advspace."))
        assert points == {name: result[name].value for name in points if name in result}


def test_each_kind_has_one_plugin_in_a_run_or_several():
    assert (*RUN_KINDS, *SEVERAL) == KINDS
    assert version("noise", "gaussian").startswith("advspace ")


def test_a_package_that_comes_or_goes_while_python_runs_is_noticed(third_party):
    folder = third_party("noise", "sparkle", "class Plugin: ...\n")
    assert "sparkle" in installed("noise")
    info = folder / "thirdparty_plugin-1.0.dist-info"
    info.rename(folder / "gone")
    os.utime(folder, ns=(1, 1))  # a file system may give two changes in one tick the same time
    assert "sparkle" not in installed("noise")
    (folder / "gone").rename(info)
    os.utime(folder, ns=(2, 2))
    assert "sparkle" in installed("noise")
