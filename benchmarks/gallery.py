"""Make the figures of docs/gallery.md again, and write down from which commands and which source they are.

    python benchmarks/gallery.py

A test compares the source with what is written down, so the gallery is made again when a figure may look different.
"""

import ast
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "gallery"
WRITTEN_DOWN = FOLDER / "made.json"
SOURCES = ("framework/advspace/analysis", "framework/advspace/figures", "plugins/advspace_plugins/analysis")
COLOURS = 128
"""Colours of a picture; fewer would show in the bands."""
COMMANDS = {
    "python probe.py images=20 probe.draws=1000 probe.center=all 'probe.line=[0.25,0.5,0.75]'": "figures",
    "python probe.py -m noise=gaussian,empirical attack.stop=overshoot,tight images=20": "comparison",
    "python probe.py dataset=lab model=lab model.region=ball images=20 probe.draws=1000": "figures",
}
"""Where each command leaves its figures.  A figure is kept from the first command that draws it."""


def main() -> None:
    for path in FOLDER.glob("*.png"):
        path.unlink()
    FOLDER.mkdir(exist_ok=True)
    made: dict[str, str] = {}
    for command, folder in COMMANDS.items():
        with TemporaryDirectory() as directory:
            _run(command, Path(directory) / "run")
            for figure in sorted((Path(directory) / "run" / folder).glob("*.png")):
                if figure.stem not in made:
                    made[figure.stem] = command
                    Image.open(figure).convert("RGB").quantize(COLOURS).save(FOLDER / figure.name, optimize=True)
    WRITTEN_DOWN.write_text(json.dumps({"source": digest(), "figures": made}, indent=2) + "\n")
    print(f"{len(made)} figures in {FOLDER.relative_to(ROOT)}")


def digest() -> str:
    """Digest of the source that decides what figures look like; comments and docstrings do not count."""
    whole = blake2b(digest_size=16)
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            whole.update(path.relative_to(ROOT).as_posix().encode())
            whole.update("".join(_code(ast.parse(path.read_text()))).encode())
    return whole.hexdigest()


def _code(tree: ast.AST) -> Iterator[str]:
    """The tree as text without its docstrings."""
    for node in ast.walk(tree):
        for part in list(getattr(node, "body", [])) if isinstance(getattr(node, "body", None), list) else []:
            if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
                part.value.value = ""
    yield ast.dump(tree)


def _run(command: str, directory: Path) -> None:
    _, program, *settings = shlex.split(command)
    kind = "sweep" if "-m" in settings else "run"
    own = ["tracking=off", f"hydra.{kind}.dir={directory}"]
    subprocess.run([sys.executable, ROOT / program, *settings, *own], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
