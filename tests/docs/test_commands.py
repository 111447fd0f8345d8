"""The commands that the pages show: each is composed and checked, as before any work, or a reason says why not."""

import re
import shlex

import pytest
from conftest import ROOT
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ValueType

from advspace.registry.registry import build
from advspace.run.checked_config import checked

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "docs" / "howto").glob("*.md"))
BLOCK = re.compile(r"^ {4,}(\S.*)$", re.MULTILINE)
PROGRAM = re.compile(r"(?:python (probe|train)\.py|advspace (probe|train|plan))(?: |$)")
OTHER = re.compile(r"(?:python|advspace|make|pip|source|export|wandb|\.venv/bin/\S+) ")
NOT_COMPOSED = {
    r"\.\.\.": "has a gap for the reader to fill",
    r"(resume|report)=": "needs a run; tests/framework/run/test_resume.py and test_resume_multirun.py have some",
    r"--help": "tests/test_command_line.py reads the help",
    r"--config-dir": "tests/test_wheel.py has a folder of settings",
    r"saltpepper|theirs|speckle|tiny": "tests/examples/test_saltpepper.py installs the example and runs them",
    r"launcher=ray": "the extra ray is not part of the development environment",
    r"experiment=(depth|tabacof2015|imagenet)": "tests/test_experiments.py composes the presets with their data",
}
ELSEWHERE = {
    "make": "a test below compares them with the targets of the Makefile",
    "pip": "installs from the network",
    "source": "activates an environment",
    "export": "paths of data",
    "wandb": "needs wandb's server",
    ".venv/bin/pre-commit": "changes the reader's git hooks",
    "python tests/faults": "hours; tests/faults/test_quick.py runs a few of each",
    "advspace plugins": "tests/framework/run/test_plugin_list.py",
    "advspace report": "tests/framework/test_main.py",
}


def shown() -> dict[str, str]:
    """The commands of all pages without their comments, each with its first page."""
    found: dict[str, str] = {}
    for page in PAGES:
        for block in BLOCK.findall(page.read_text().replace("\\\n", " ")):
            line = re.split(r"\s+#\s", block)[0].strip()
            if PROGRAM.match(line + " ") or OTHER.match(line + " "):
                found.setdefault(re.sub(r"\s+", " ", line), page.relative_to(ROOT).as_posix())
    return found


def reason(command: str) -> str:
    return next((why for pattern, why in NOT_COMPOSED.items() if re.search(pattern, command)), "")


COMMANDS = shown()
COMPOSED = [command for command in COMMANDS if PROGRAM.match(command + " ") and not reason(command)]


def first_values(overrides):
    """The overrides of the first run of a sweep."""
    for override in OverridesParser.create().parse_overrides(overrides):
        if override.is_sweep_override():
            if override.value_type == ValueType.INTERVAL_SWEEP:
                yield f"{override.key_or_group}={override.value().start}"
                continue
            first = next(iter(override.sweep_string_iterator()))
            yield f"{override.key_or_group}={first}"
        else:
            yield override.input_line


@pytest.mark.parametrize("command", COMPOSED)
def test_settings_of_a_command_are_known_and_allowed(command, compose_config, monkeypatch):
    for name in ("MNIST", "IMAGENET", "WEIGHTS"):
        monkeypatch.setenv(f"ADVSPACE_{name}", "somewhere")
    match = PROGRAM.match(command + " ")
    program = "train" if "train" in match[0] else "probe"
    settings = [part for part in shlex.split(command[match.end() :]) if part != "-m"]
    config = checked(compose_config(*first_values(settings), name=program), program)
    if config.dataset.plugin == "digits" and config.model.plugin != "python":  # images of 8 x 8 are small
        side = 8 + 2 * config.dataset.padding
        build("model", config.model).network((1, side, side), 10)


def test_every_other_command_has_a_reason():
    others = [command for command in COMMANDS if command not in COMPOSED and not reason(command)]
    assert [command for command in others if not command.startswith(tuple(ELSEWHERE))] == []


def test_targets_of_make_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = {command.split()[1] for command in COMMANDS if command.startswith("make ")}
    assert asked
    assert asked <= targets


def test_no_reason_is_left_over():
    assert [pattern for pattern in NOT_COMPOSED if not any(re.search(pattern, command) for command in COMMANDS)] == []
    assert [start for start in ELSEWHERE if not any(command.startswith(start) for command in COMMANDS)] == []


def test_an_unknown_setting_is_found(compose_config):
    with pytest.raises(Exception, match="nois"):
        checked(compose_config("nois=gaussian"))
