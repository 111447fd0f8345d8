"""The Python of docs/plugins.md runs as it stands there, and what it shows keeps the contracts that it tells."""

import re
import tomllib

import pytest
from conftest import ROOT

from advspace import testing

PAGE = (ROOT / "docs" / "plugins.md").read_text()
TEST, *PLUGINS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CHECKS = {
    "Coin": testing.check_noise,
    "Tanh": testing.check_model,
    "Onwards": testing.check_probe,
    "OneDirection": testing.check_probe,
    "Densities": testing.check_probe,
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


def test_the_test_shown_fails_where_the_noise_does(monkeypatch, shown):
    """Its three lines on a sound noise that nobody has named under an entry point."""
    names = {"SaltPepper": shown["Coin"]}
    exec(TEST, names)
    with pytest.raises(testing.ContractError, match="must be named under"):
        names["test_saltpepper"]()
    assert len([line for line in TEST.splitlines() if line]) == 3


def test_names_and_entry_points_are_those_of_the_example():
    declared = tomllib.loads((ROOT / "examples" / "advspace-saltpepper" / "pyproject.toml").read_text())["project"]
    (noise,), (model,) = (declared["entry-points"][f"advspace.{kind}"] for kind in ("noise", "model"))
    assert f"python probe.py noise={noise} model={model}\n" in PAGE


def test_the_table_lists_our_plugins():
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    for kind in ("dataset", "model", "attack", "noise", "probe"):
        (row,) = re.findall(rf"^\| `{kind}` \|.*\| (.*) \|$", PAGE, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == set(ours[f"advspace.{kind}"])
