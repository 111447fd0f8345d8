"""Write the code map of docs/design.md from the import contract: ``python docs/code_map.py``.

A row per layer of the framework, from the top down: what it is (the first line of its docstring) and which of the
layers below it imports.  A test compares the page with what this gives.
"""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FRAMEWORK = ROOT / "framework" / "advspace"
PAGE = ROOT / "docs" / "design.md"
BEGIN, END = "<!-- code map: python docs/code_map.py -->", "<!-- end of the code map -->"


def code_map() -> str:
    """The table, with its marks."""
    layers = [name.strip() for line in _contract() for name in line.split("|")]
    lines = [BEGIN, "", "| layer | what it is | it imports |", "|---|---|---|"]
    for name in layers:
        used = _imports(name) - {name}
        below = ", ".join(each for each in layers if each in used)
        lines.append(f"| `{name}` | {_docstring(name)} | {below} |")
    return "\n".join([*lines, "", END])


def _contract() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (line,) = (each for each in settings["contracts"] if each.get("containers") == ["advspace"])
    layers: list[str] = line["layers"]
    return layers


def _files(name: str) -> list[Path]:
    folder = FRAMEWORK / name
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [FRAMEWORK / f"{name}.py"]


def _docstring(name: str) -> str:
    tree = ast.parse(_files(name)[0].read_text())  # of a folder: its __init__.py
    return (ast.get_docstring(tree) or "").split("\n")[0].rstrip(".").replace("|", "\\|")


def _imports(name: str) -> set[str]:
    """The layers that the files of one import."""
    found = set()
    for path in _files(name):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("advspace."):
                found.add((node.module or "").split(".")[1])
    return found


def main() -> None:
    """Replace the map on the page."""
    text = PAGE.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(before + code_map() + after)


if __name__ == "__main__":
    main()
