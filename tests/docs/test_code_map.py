"""The code map of the design page is that of today's import contract."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_map_is_that_of_the_contract():
    spec = spec_from_file_location("code_map", DOCS / "code_map.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.code_map()
    assert made in (DOCS / "design.md").read_text(), "run python docs/code_map.py"
    rows = [line for line in made.splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    assert all(" |  | " not in line for line in rows), "a layer has no docstring"
