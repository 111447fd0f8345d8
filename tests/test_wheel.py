"""The wheel as its user meets it: built, installed, started from another folder with its own settings."""

import os
import subprocess
import sys
import zipfile

import pytest
from conftest import CONF, ROOT

BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built by its own backend."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("advspace-*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """An empty folder into which pip has installed the wheel alone; its dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("site")
    install = ("install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target", str(folder), str(wheel))
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, capture_output=True)
    return folder


@pytest.fixture
def installed(site, own_cache, tmp_path):
    """Start the installed command in another folder."""

    def called(*arguments):
        environment = {**os.environ, "PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(site / "bin" / "advspace"), *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    return called


def test_the_wheel_holds_the_settings_and_nothing_private(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name.removeprefix("advspace/conf/") for name in names if name.startswith("advspace/conf/")}
    here = {path.relative_to(CONF).as_posix() for path in CONF.rglob("*.yaml")}
    assert packed == {name for name in here if not name.startswith("local/")}
    assert {"advspace/py.typed", "advspace_plugins/py.typed", "advspace/report/templates/page.css"} <= set(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"advspace", "advspace_plugins"}


def test_plugins_of_the_installed_package(installed):
    done = installed("plugins", "noise", "empirical")
    assert done.returncode == 0, done.stderr
    assert "noise.pool: a text; default all" in done.stdout
    assert done.stdout.endswith("Use it: advspace probe noise=empirical\n")


def test_a_run_and_its_report(installed, own_cache, site, tmp_path):
    """With the packaged settings, and a preset of the user's own."""
    (tmp_path / "mine" / "experiment").mkdir(parents=True)
    (tmp_path / "mine" / "experiment" / "short.yaml").write_text("# @package _global_\nimages: 2\n")
    short = ("--config-dir", "mine", "experiment=short", "probe.draws=5", "tracking=off", "analysis=[]")
    done = installed("probe", *short, f"cache={own_cache()}", "hydra.run.dir=run")
    assert done.returncode == 0, done.stderr
    assert f"report: {tmp_path}/run/report.html" in " ".join(done.stdout.split())
    assert "Traceback" not in done.stderr
    assert f"path: {site}/advspace/conf" in (tmp_path / "run" / ".hydra" / "hydra.yaml").read_text()
    assert "advspace probe " in (tmp_path / "run" / "report.html").read_text()
