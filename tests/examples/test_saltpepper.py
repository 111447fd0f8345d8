"""The example package as its reader meets it: built, installed beside ours, used, tested by its own tests."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pandas as pd
import pytest
from conftest import ROOT
from hydra.errors import HydraException

from advspace import AdvspaceError
from advspace.registry.registry import build

EXAMPLE = ROOT / "examples" / "advspace-saltpepper"
BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"


@pytest.fixture(scope="session")
def copied(tmp_path_factory):
    """The example, copied elsewhere, as its README says."""
    return shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("copy") / EXAMPLE.name)


@pytest.fixture(scope="session")
def site(copied, tmp_path_factory):
    """A folder with the package installed: its wheel, built by its own backend and unpacked, as installers do."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=copied, check=True, capture_output=True)
    (wheel,) = folder.glob("advspace_saltpepper-0.1.0-*.whl")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


@pytest.fixture
def installed(site, monkeypatch):
    """The package is importable, and its entry points are found."""
    monkeypatch.syspath_prepend(site)


@pytest.fixture
def elsewhere(site, tmp_path):
    """Start Python in another folder, with the package beside ours."""

    def started(*arguments):
        environment = {**os.environ, "PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    return started


def test_a_run_with_both(installed, run):
    """The rows say which version of which distribution made them; the noise is as strong as it should be."""
    result = run("noise=saltpepper", "model=theirs", "noise.share=0.2", "model.epochs=4", "probe.scales=[0.5,2]")
    assert set(result.probes["noise"]) == {"saltpepper"}
    assert set(result.probes["noise_version"]) == {"advspace-saltpepper 0.1.0"}
    assert set(result.images["model_version"]) == {"advspace-saltpepper 0.1.0"}
    assert set(result.images["attack_version"]) == {"advspace 0.1.0"}
    unclipped = result.probes[result.probes["box"] == "none"].merge(result.images[["image_id", "sd"]], on="image_id")
    assert (unclipped["noise_sd"] / (unclipped["scale"] * unclipped["sd"])).between(0.9, 1.1).all()


def test_its_analysis_is_part_of_a_run(installed, run):
    """The estimates are means over images, in the summary as in the table of the analysis."""
    result = run("analysis=[reverts,half_scale]", "analysis.reverts.scale=2", "probe.scales=[0.5,2]", "images=4")
    assert list(result.findings.made) == ["reverts", "half_scale"]
    table = pd.read_parquet(result.directory / "analysis" / "reverts.parquet").set_index(["box", "scale"])
    probes = result.probes[result.probes["center"] == "adversarial"]
    for (box, scale), share in probes.groupby(["box", "scale"])["share_original"].mean().items():
        row = table.loc[(box, scale)]
        assert row["mean"] == pytest.approx(share)
        assert 0 <= row["low"] <= row["mean"] <= row["high"] <= 1
    estimates = result.summary["findings"]["reverts"]["headline"]
    assert estimates["reverts/none"]["value"] == table.loc[("none", 2.0), "mean"]
    assert set(estimates) == {"reverts/clip", "reverts/none"}


def test_settings_come_from_the_constructor(installed, compose_config):
    config = compose_config("noise=saltpepper", "model=theirs", "model.hidden=32")
    assert config.noise == {"plugin": "saltpepper", "share": 0.1, "salt": 0.5}
    assert build("model", config.model).hidden == 32
    with pytest.raises(AdvspaceError, match=r"noise 'saltpepper': share must be > 0 and <= 1, got 1.5"):
        build("noise", compose_config("noise=saltpepper", "noise.share=1.5").noise)
    with pytest.raises(AdvspaceError, match="model 'theirs': hidden must be >= 1, got 0"):
        build("model", compose_config("model=theirs", "model.hidden=0").model)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("noise.share=much", "Error merging override noise.share=much"),
        ("noise.shere=0.1", "override 'noise.shere'"),
    ],
)
def test_wrong_types_and_names_of_settings(installed, compose_config, override, said):
    with pytest.raises(HydraException, match=said):
        compose_config("noise=saltpepper", override)


def test_the_programs_find_it(elsewhere):
    """One word each, on the real command line."""
    done = elsewhere(str(ROOT / "probe.py"), "noise=saltpepper", "model=theirs", "--help")
    assert done.returncode == 0, done.stderr
    settings = (".*  model.hidden=64( |$)", ".*  noise.share=0.1( |$)")
    lines = (" +.*reverts", "model=theirs +[A-Z]", "noise=saltpepper +[A-Z]", *settings)
    for line in lines:
        assert any(re.match(line, said) for said in done.stdout.splitlines()), line


def test_its_own_tests_pass(copied, elsewhere):
    """Outside of our tests, their fixtures and their type checks."""
    done = elsewhere("-m", "pytest", "-q", "-p", "no:cacheprovider", str(copied))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 passed" in done.stdout
