"""Make the figures of docs/gallery.md again, and write down from which commands and which source they are.

    python docs/gallery/make.py

A test compares the source with what is written down, so the gallery is made again when a figure may look different.
"""

import ast
import json
import shlex
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
WRITTEN_DOWN = FOLDER / "made.json"
SOURCES = ("framework/advspace/analysis", "framework/advspace/figures", "plugins/advspace_plugins/analysis")
COLOURS = 128
"""Colours of a picture; fewer would show in the bands."""
COMMANDS = {
    "python probe.py images=20 probe.draws=1000 probe.center=all 'probe.line=[0.25,0.5,0.75]'": "figures",
    "python probe.py -m noise=gaussian,empirical attack.stop=overshoot,tight images=20": "comparison",
    "python probe.py -m model=logistic,convnet dataset.padding=8 images=20": "comparison",
    "python probe.py -m target=random,runner_up probe.box=none images=20": "comparison",
    "python probe.py dataset=lab model=lab model.region=ball images=20 probe.draws=1000": "figures",
    "python probe.py -m dataset=lab model=lab model.region=half_space,ball,slab images=10 "
    "probe.draws=200": "comparison",
}
"""Where each command leaves its figures.  A figure is kept from the first command that draws it."""


def main() -> None:
    """Run the commands, and keep their figures."""
    for path in FOLDER.glob("*.png"):
        path.unlink()
    made: dict[str, str] = {}
    for command, folder in COMMANDS.items():
        with TemporaryDirectory() as directory:
            _run(command, Path(directory) / "run")
            for figure in sorted((Path(directory) / "run" / folder).glob("*.png")):
                if figure.stem not in made:
                    made[figure.stem] = command
                    Image.open(figure).convert("RGB").quantize(COLOURS).save(FOLDER / figure.name, optimize=True)
    WRITTEN_DOWN.write_text(json.dumps({"source": digest(), "figures": dict(sorted(made.items()))}, indent=2) + "\n")
    print(f"{len(made)} figures in {FOLDER.relative_to(ROOT)}")


def digest() -> str:
    """Digest of the source that decides what figures look like; comments and docstrings do not count."""
    whole = blake2b(digest_size=16)
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            whole.update(path.relative_to(ROOT).as_posix().encode())
            whole.update("\n".join(code_lines(path.read_text())).encode())
    return whole.hexdigest()


def code_lines(source: str) -> list[str]:
    """The lines of a source without docstrings, comments and empty lines."""
    strings = {
        number
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = [line.split("  # ")[0].rstrip() for line in source.splitlines()]
    numbered = enumerate(lines, 1)
    return [line for number, line in numbered if number not in strings and line and not line.lstrip().startswith("#")]


def _run(command: str, directory: Path) -> None:
    _, program, *settings = shlex.split(command)
    kind = "sweep" if "-m" in settings else "run"
    own = ["tracking=off", f"hydra.{kind}.dir={directory}"]
    subprocess.run([sys.executable, ROOT / program, *settings, *own], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
