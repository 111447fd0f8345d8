"""Presets: YAML files that set several settings at once, on top of a plugin or of nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from advspace.errors import AdvspaceError
from advspace.installation import config_directory
from advspace.registry.installed import KINDS

OF_HYDRA = ("hydra",)
"""Folders with settings that a user does not choose."""
PROGRAMS = ("python probe.py ", "python train.py ")
OVERRIDE = "override /"


@dataclass(frozen=True)
class Preset:
    """A preset of one kind.

    Args:
        kind: Its folder, such as `attack`, `experiment` or `hydra/launcher`.
        name: Its name.
        path: Its file.
        paragraphs: The comment at its beginning; the lines of an example are paragraphs of their own.
        command: The command of this comment.
        base: What it is built on, of the same kind; empty for nothing.
        sets: Whole names and values of the settings that it changes.
    """

    kind: str
    name: str
    path: Path
    paragraphs: tuple[str, ...]
    command: str
    base: str
    sets: Mapping[str, Any]

    @property
    def sentence(self) -> str:
        """The first paragraph of the comment."""
        return self.paragraphs[0] if self.paragraphs else "(its file has no comment)"


def presets(folder: Path | None = None) -> dict[str, dict[str, Path]]:
    """The files of all presets, by kind and name; the kinds of plugins come first.

    Args:
        folder: Folder of the settings; None for ours.
    """
    root = folder or Path(config_directory())
    found: dict[str, dict[str, Path]] = {kind: {} for kind in KINDS}
    for path in sorted(root.glob("*/**/*.yaml")):
        kind = path.parent.relative_to(root).as_posix()
        if kind not in OF_HYDRA:
            found.setdefault(kind, {})[path.stem] = path
    return found


def read_preset(kind: str, path: Path) -> Preset:
    """Read a preset.

    Args:
        kind: Its kind.
        path: Its file.

    Raises:
        AdvspaceError: it cannot be read.
    """
    try:
        text = path.read_text()
        content: Any = OmegaConf.to_container(OmegaConf.create(text)) if text.strip() else {}
    except (OSError, UnicodeDecodeError, YAMLError, OmegaConfBaseException) as error:
        raise AdvspaceError(f"the preset {path} cannot be read: {' '.join(str(error).split())}") from error
    lines = list(_comment(text))
    command = next((line for line in lines if line.startswith(PROGRAMS)), "")
    whole = any(line.startswith("@package _global_") for line in lines)
    said = [line for line in lines if line != command and not line.startswith("@")]
    values = dict(content or {})
    defaults = [each for each in values.pop("defaults", []) if each != "_self_"]
    overrides = {key: value for each in defaults if isinstance(each, dict) for key, value in each.items()}
    chosen = {key.removeprefix(OVERRIDE): value for key, value in overrides.items()}
    prefix = "" if whole else kind.replace("/", ".")
    return Preset(
        kind,
        path.stem,
        path,
        tuple(_paragraphs(said)),
        command,
        next((each for each in defaults if isinstance(each, str)), ""),
        chosen | dict(_flat(prefix, values)),
    )


def _comment(text: str) -> Iterator[str]:
    """The lines of the comment at the beginning, without its signs."""
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        yield line.removeprefix("#").removeprefix(" ").rstrip()


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Joined lines; an indented one is a paragraph by itself."""
    joined: list[str] = []
    for line in lines:
        if line.startswith(" "):
            if joined:
                yield " ".join(joined)
            joined = []
            yield line
        else:
            joined.append(line)
    if joined:
        yield " ".join(joined)


def _flat(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Whole names and values of nested settings."""
    for key, value in values.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, dict) and value:
            yield from _flat(name, value)
        else:
            yield name, value
