"""What many tests share: third-party packages, a linear model, composed configs, small runs, the real data."""

import copy
import os
import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from torch import nn

from advspace import Case
from advspace.analysis.findings import Findings
from advspace.model.contract import freeze
from advspace.records.tables import read_tables
from advspace.registry.registry import KINDS
from advspace.run.command_line import prepare
from advspace.run.probe import run_probe
from advspace.testing import ContractError

pytest_plugins = ["programs", "pictures"]

ROOT = Path(__file__).parents[1]
CONF = ROOT / "conf"


@pytest.fixture
def third_party(tmp_path, monkeypatch):
    """Write a package with one entry point; nothing is pip-installed."""

    def write(kind, name, source, package="thirdparty_plugin"):
        folder = tmp_path / f"site-{package}"
        folder.mkdir()
        (folder / f"{package}.py").write_text(source)
        info = folder / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[advspace.{kind}]\n{name} = {package}:Plugin\n")
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, package, raising=False)
        return folder

    return write


@pytest.fixture
def no_plugin_configs(monkeypatch):
    """Let a test make plugins selectable without leaving them so."""
    repo = ConfigStore.instance().repo  # Hydra fills its own groups once only: restore ours alone
    for kind in KINDS:
        monkeypatch.setitem(repo, kind, {})


@pytest.fixture
def compose_config(no_plugin_configs):
    """Compose a config as the command line would."""

    def composed(*overrides, name="probe", whole=False):
        prepare()
        with initialize_config_dir(str(CONF), version_base="1.3"):
            return compose(name, list(overrides), return_hydra_config=whole)

    return composed


@pytest.fixture(scope="session", autouse=True)
def patient_wandb():
    """Let wandb wait for its own service as long as a busy machine takes to start it."""
    os.environ["WANDB__SERVICE_WAIT"] = "600"  # seconds


@pytest.fixture(scope="session")
def real_data():
    """Folder of the real data files; skips where they are not at hand."""
    places = [os.environ.get("ADVSPACE_DATA"), ROOT.parent / "shared" / "data"]
    result = next((Path(place) for place in places if place and Path(place).is_dir()), None)
    if result is None:
        pytest.skip("the real data files are not here: set ADVSPACE_DATA or put them into ../shared/data")
    return result


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture
def linear():
    """Make a frozen linear classifier of given weights and bias on images of a given shape."""

    def made(weight, bias=None):
        layer = nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            layer.weight.copy_(weight)
            layer.bias.copy_(torch.zeros(len(weight)) if bias is None else bias)
        return freeze(nn.Sequential(nn.Flatten(), layer))

    return made


@pytest.fixture
def case(generator):
    """A small image and another one close to it, which is no solution of anything."""
    image = torch.rand(1, 4, 4, generator=generator)
    return Case("a", image, (image + 0.1 * torch.randn(1, 4, 4, generator=generator)).clamp(0, 1), label=0, target=1)


@pytest.fixture
def model(linear, generator):
    """A linear classifier of three classes for the image of `case`."""
    return linear(torch.randn(3, 16, generator=generator), torch.randn(3, generator=generator) * 0.1)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Folder of trained weights that all tests of all xdist workers share, as runs at the same time may."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    (folder / "weights").mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def own_cache(store, tmp_path):
    """A cache that shares the trained weights and no adversarial images: what is to be attacked is."""
    numbers = iter(range(100))

    def made():
        folder = tmp_path / f"cache-{next(numbers)}"
        folder.mkdir()
        (folder / "weights").symlink_to(store / "weights")
        return folder

    return made


@pytest.fixture
def quick_conclusion(monkeypatch):
    """Leave figures and reports out of runs in this process: they take as long as all the rest."""
    monkeypatch.setattr("advspace.figures.draw_charts", lambda *_: [])
    monkeypatch.setattr("advspace.report.write_report", lambda *_: None)
    monkeypatch.setattr("advspace.report.write_comparison_report", lambda *_: None)


@pytest.fixture
def run(compose_config, own_cache, tmp_path, request):
    """Run a small experiment; returns its directory, its summary and its two tables.

    Its conclusion is the quick one unless figures are asked for.
    """
    numbers = iter(range(100))

    def done(*overrides, directory=None, figures=False):
        if not figures:
            request.getfixturevalue("quick_conclusion")
        config = compose_config("tracking=off", "images=8", "probe.draws=40", f"cache={own_cache()}", *overrides)
        directory = directory or tmp_path / f"run-{next(numbers)}"
        conclusion = run_probe(config, directory, "python probe.py resume=...")
        return Finished(directory, conclusion.summary, *read_tables(directory), conclusion.findings)

    return done


@pytest.fixture(scope="session")
def finished_runs():
    """What `shared_run` has made in this session: overrides -> run."""
    return {}


@pytest.fixture
def shared_run(run, finished_runs, tmp_path_factory):
    """A run that many tests compare theirs to: made once, and for reading only; tests that change it take a copy."""

    def done(*overrides):
        if overrides not in finished_runs:
            finished_runs[overrides] = run(*overrides, directory=tmp_path_factory.mktemp("shared") / "run")
        return finished_runs[overrides]

    return done


class Finished(NamedTuple):
    """A finished run."""

    directory: Path
    summary: dict
    images: pd.DataFrame
    probes: pd.DataFrame
    findings: Findings


@pytest.fixture
def one_thread():
    """On one thread a row of a matrix product does not depend on how many others there are."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def same_bits(one_thread):
    """Torch's products of few rows have the bits of larger ones; elsewhere no batch can promise bits."""
    rows, weights = (torch.rand(count, 784, generator=torch.Generator().manual_seed(0)) for count in (33, 10))
    for size in (4, 5, 13):
        if not torch.equal(rows[:size] @ weights.T, (rows @ weights.T)[:size]):
            pytest.skip(f"this CPU rounds products of {size} rows otherwise than those of 33")


@pytest.fixture
def breaks():
    """A contract check must refuse the plugin in one sentence that says what is told here."""

    def refused(check, plugin, said, **settings):
        with pytest.raises(ContractError, match=said) as caught:
            check(plugin, **{"installed": False} | settings)
        assert str(caught.value).startswith(f"{check.__name__.removeprefix('check_')} {type(plugin).__name__} must ")
        assert "\n" not in str(caught.value).split(", got ")[0]

    return refused


@pytest.fixture
def tampered():
    """A frozen record with other values, which no type checker sees."""

    def changed(record, **values):
        other = copy.copy(record)
        for name, value in values.items():
            object.__setattr__(other, name, value)
        return other

    return changed
