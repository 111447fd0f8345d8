"""The notebooks of docs/ run as they stand there, and their saved outputs are what they give."""

import json
import re

import pytest
from conftest import ROOT
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")
PROMPT = re.compile(r"^Out\[\d+\]: ?", re.MULTILINE)
PROGRESS = re.compile(r"^(attack|probe) +━.*$", re.MULTILINE)


def cells(notebook):
    return [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]


def texts(output):
    """Text of an output, without the progress of the work, which tells the time."""
    text = "".join(output.get("text") or output.get("data", {}).get("text/plain", []))
    return PROGRESS.sub("", text).strip()


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """IPython in this process: what cells give is the same as in a kernel, and costs no second torch."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    made = InteractiveShell.instance()
    made.history_manager.enabled = False
    yield made
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_give_the_outputs_that_are_saved(notebook, shell):
    for cell in cells(notebook):
        with capture_output() as given:
            result = shell.run_cell("".join(cell["source"]))
        result.raise_error()
        saved = "\n".join(text for output in cell["outputs"] if (text := texts(output)))
        shown = [output._repr_mime_("text/plain") or "" for output in given.outputs]
        now = "\n".join(part.strip() for part in [PROMPT.sub("", given.stdout), *map(str, shown)] if part.strip())
        assert NUMBER.sub("#", now).split() == NUMBER.sub("#", saved).split()
        numbers = [[float(number.replace(",", "")) for number in NUMBER.findall(text)] for text in (now, saved)]
        assert numbers[0] == pytest.approx(numbers[1], rel=0.1, abs=0.1)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_name_no_machine_and_are_complete(notebook):
    saved = json.dumps([cell["outputs"] for cell in cells(notebook)])
    assert str(ROOT) not in saved
    assert not re.search(r"/(?:home|root|tmp|Users|usr|var)/", saved)
    assert "Traceback" not in saved
    counts = [cell["execution_count"] for cell in cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert "image/png" in saved


def test_there_are_three():
    assert [path.stem for path in NOTEBOOKS] == ["first_steps", "own_network", "own_plugin"]
