"""Wrong settings in bulk: every setting of both programs with values of every kind.

    python tests/faults/settings.py --share 0.05 --runs 40

Each command is composed and checked as the programs do, up to the plugins.  A sample of the commands then goes through
the programs themselves, with a run of one image.  A command must be accepted, or refused in one sentence.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from hydra import compose, initialize_config_dir  # noqa: E402
from in_process import run_in_process  # noqa: E402
from omegaconf import DictConfig, OmegaConf  # noqa: E402

from advspace.figures.style import FigureStyle  # noqa: E402
from advspace.registry.components import Components, prepared_for, trackers_of  # noqa: E402
from advspace.registry.registry import KINDS, build, installed  # noqa: E402
from advspace.run.checked_config import checked  # noqa: E402
from advspace.run.command_line import prepare  # noqa: E402
from advspace.run.messages import sentence  # noqa: E402
from advspace.settings import Settings, plain  # noqa: E402

VALUES = {
    "wrong type": ("abc", "true", "1.5", "3", "1e1", "'3'", "0x10", "2026-01-31"),
    "null": ("null", "", "~"),
    "list": ("[]", "[1]", "[a,1.5]", "[null]", "[[1],[2]]", "[{a:1}]"),
    "dict": ("{}", "{a:1}", "{a:{b:[1]}}", "{1:2}", "{plugin:x}"),
    "nan": ("nan", "[nan]", "{a:nan}"),
    "inf": ("inf", "-inf", "[inf]", "1e999"),
    "negative": ("-1", "-0.5", "[-1]"),
    "huge": ("999999999999999999999999", "1e300", "-1e300", "[1e300]", "1000000000"),
    "tiny": ("0", "0.0", "1e-300", "5e-324"),
    "empty": ("''", '""', "' '"),
    "text": ("a b", "'a,b'", "'a=b'", "'[x]'", "'${nope}'", "${nope}", "'???'", "???", "'a\nb'", "/dev/null", "'%s'"),
    "unicode": ("日本", "'é ñ'", "'\u202e'", "'\udce9'", "🙂"),
    "much": ("x" * 5000, "[" + "1," * 30 + "1]"),
}
"""Kinds of values, as a user types them; no command line can hold a zero byte."""
FORMS = ("{key}={value}", "+{key}={value}", "~{key}", "++{key}={value}", "{key}x={value}", "+{key}x={value}")
SMALL = ("images=1", "probe.draws=2", "probe.scales=[1.0]", "tracking=off", "model.epochs=1", "analysis=[half_scale]")
UNWISE = re.compile(r"hydra|devices|num_nodes|1000000000|9999999|1e300")
"""Commands that are valid and take a machine's whole memory or time: not run, only checked."""


def settings_of(config: DictConfig) -> list[str]:
    """Whole names of all settings and groups of a config."""
    names = []
    for key in config:
        names.append(str(key))
        value = None if OmegaConf.is_missing(config, key) or OmegaConf.is_interpolation(config, key) else config[key]
        if isinstance(value, DictConfig):
            names += [f"{key}.{each}" for each in settings_of(value)]
    return names


def commands() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every command: program, kind of value, overrides."""
    values = [(kind, value) for kind, each in VALUES.items() for value in each]
    for program, kinds in (("probe", KINDS), ("train", ("dataset", "model"))):
        choices = [()] + [(f"{kind}={name}",) for kind in kinds for name in installed(kind)]
        seen = set()
        for chosen in choices:
            for key in settings_of(compose(program, list(chosen))):
                if key not in seen:
                    seen.add(key)
                    yield from ((program, kind, (*chosen, f"{key}={value}")) for kind, value in values)
                    yield from ((program, "form", (*chosen, form.format(key=key, value=3))) for form in FORMS)


def check(program: str, overrides: tuple[str, ...]) -> None:
    """Compose and check a command as the programs do before their work."""
    config = checked(compose(program, list(overrides)), program)
    if program == "train":
        prepared_for(build("model", config.model), build("dataset", config.dataset))
        return
    Settings.of(config), Components.of(config), FigureStyle(**plain(config.figures))
    trackers_of(config)


def outcome(program: str, overrides: tuple[str, ...]) -> tuple[str, str]:
    """`accepted`, `told` or `traceback`, and what was said."""
    try:
        check(program, overrides)
    except Exception as error:
        said = sentence(error)
        return ("traceback", traceback.format_exc()) if said is None or "\n" in said else ("told", said)
    return "accepted", ""


def run(program: str, overrides: tuple[str, ...]) -> tuple[str, str]:
    """The same of a whole program, which runs on one image."""
    names = {each.partition("=")[0].lstrip("+~") for each in overrides}
    small = [each for each in SMALL if each.partition("=")[0] not in names]
    if program == "train":
        small = [each for each in small if each.startswith(("tracking", "model"))]
    with TemporaryDirectory() as folder:
        arguments = [*small, f"hydra.run.dir={folder}/run", *overrides]
        done = run_in_process(ROOT / f"{program}.py", arguments, Path(folder), {"WANDB_MODE": "disabled"})
    text = done.stderr + done.stdout
    if "Traceback" in text or "Error executing job" in text:
        return "traceback", text[-3000:]
    if done.returncode == 0:
        return "accepted", ""
    return ("told", text.splitlines()[-1]) if "error: " in text else ("traceback", text[-3000:])


def main() -> int:
    """Try the commands; 1 if one ends in a traceback."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--share", type=float, default=1.0, help="share of the commands that are composed and checked")
    options.add_argument("--runs", type=int, default=100, help="number of commands that go through the programs")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--show", action="store_true", help="print what each refused command is told")
    given = options.parse_args()
    prepare()
    counts: dict[str, Counter[str]] = {"checked": Counter(), "run": Counter()}
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        every = list(commands())
        dice = random.Random(given.seed)
        some = [each for each in every if dice.random() < given.share]
        accepted = []
        for program, kind, overrides in some:
            result = outcome(program, overrides)
            count(counts["checked"], kind, (program, overrides), result, given.show)
            if result[0] == "accepted" and not UNWISE.search(" ".join(overrides)):
                accepted.append((program, kind, overrides))
    first = [each for each in every if each[2][-1].startswith(("resume=", "report="))]
    for program, kind, overrides in [*first, *dice.sample(accepted, len(accepted))][: given.runs]:
        count(counts["run"], kind, (program, overrides), run(program, overrides), given.show)
    for what, result in counts.items():
        print(
            f"{what}: tried {result['tried']}, accepted {result['accepted']}, told {result['told']}, "
            f"tracebacks {result['traceback']}"
        )
    return int(any(result["traceback"] for result in counts.values()))


def count(counts: Counter[str], kind: str, command: object, result: tuple[str, str], show: bool) -> None:
    what, said = result
    counts["tried"] += 1
    counts[what] += 1
    if show or what == "traceback":
        print(f"[{what}] {kind}: {command!r}\n    {said[-1500:]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
