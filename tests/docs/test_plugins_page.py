"""The Python of docs/plugins.md runs as it stands there, and what it shows keeps the contracts that it tells."""

import json
import re
import tomllib

import pytest
import torch
from conftest import ROOT
from made_results import made_results

import advspace
from advspace import testing
from advspace.analysis.finished_run import read_run
from advspace.registry.registry import KINDS
from advspace.tracking.contract import TrackedRun
from advspace.tracking.session import open_trackers

PAGE = (ROOT / "docs" / "plugins.md").read_text()
TEST, *PLUGINS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CHECKS = {
    "Coin": testing.check_noise,
    "Tanh": testing.check_model,
    "Onwards": testing.check_probe,
    "OneDirection": testing.check_probe,
    "Densities": testing.check_probe,
    "Rays": testing.check_probe,
    "Rounding": testing.check_analysis,
    "Halves": testing.check_dataset,
}


@pytest.fixture(scope="module")
def shown():
    """Every name that the page defines."""
    names = {"__name__": "page"}
    for block in PLUGINS:
        exec(block, names)
    return names


@pytest.mark.parametrize("name", CHECKS)
def test_plugins_shown_keep_their_contracts(shown, name):
    CHECKS[name](shown[name](), installed=False)


def test_the_table_of_the_probe_shown_is_read_by_its_analysis(shown, tmp_path):
    """On a linear network the lead is a straight line along each ray."""
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 3))
    with torch.no_grad():
        network[1].weight.normal_(generator=torch.Generator().manual_seed(1))
    images = torch.rand(6, 1, 4, 4, generator=torch.Generator().manual_seed(2))
    analyses = {"leads": shown["Leads"]()}
    result = advspace.probe_images(network, images, probe=shown["Rays"](), analyses=analyses, directory=tmp_path)
    run = read_run(tmp_path)
    table = result.findings["leads"].table.set_index("step")
    leads = run.table("rays").pivot_table(index="image_id", columns="step", values="lead")
    assert len(leads) == len(run.succeeded) > 0
    assert (leads[0.0] > 0).all()
    assert (leads[2.0] - leads[1.0]).to_numpy() == pytest.approx((leads[1.0] - leads[0.0]).to_numpy(), rel=1e-4)
    assert table["mean"].to_dict() == pytest.approx(leads.mean().to_dict())
    assert result.findings["leads"].headline["lead"].value == table.loc[2.0, "mean"]
    testing.check_analysis(shown["Leads"](), run=run, installed=False)


def test_the_tracker_shown_notes_the_estimates(shown, tmp_path, capsys):
    tracker = shown["Notes"](str(tmp_path / "notes.jsonl"))
    results = made_results(tmp_path / "run")
    with open_trackers({"notes": tracker}, TrackedRun(results.directory)) as tracking:
        tracking.log(results)
    assert json.loads((tmp_path / "notes.jsonl").read_text()) == {"run": "run", **results.numbers}
    assert capsys.readouterr().err == f"notes of all runs in {tmp_path}/notes.jsonl\n"


def test_the_test_shown_fails_where_the_noise_does(monkeypatch, shown):
    """Its three lines on a sound noise that nobody has named under an entry point."""
    names = {"SaltPepper": shown["Coin"]}
    exec(TEST, names)
    with pytest.raises(testing.ContractError, match="must be named under"):
        names["test_saltpepper"]()
    assert len([line for line in TEST.splitlines() if line]) == 3


def test_names_and_entry_points_are_those_of_the_example():
    declared = tomllib.loads((ROOT / "examples" / "advspace-saltpepper" / "pyproject.toml").read_text())["project"]
    kinds = ("noise", "model", "analysis")
    (noise,), (model,), (analysis,) = (declared["entry-points"][f"advspace.{kind}"] for kind in kinds)
    assert f"python probe.py noise={noise} model={model}\n" in PAGE
    assert f"python probe.py noise={noise} analysis.{analysis}.scale=2\n" in PAGE


def test_the_table_lists_our_plugins():
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    for kind in KINDS:
        (row,) = re.findall(rf"^\| `{kind}` \| `advspace\..*\| (.*) \|$", PAGE, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == set(ours[f"advspace.{kind}"])
