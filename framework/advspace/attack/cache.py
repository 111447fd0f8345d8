"""Cache of adversarial images: runs that differ only in noise or probe share them.

Each adversarial has a file of its own.  The file's name is a digest of all that the adversarial depends on.  The file
holds the attack's result before the stop rule moves it, so runs that differ only in the rule share it too.  Each result
from a file is verified again.  If a file is damaged or renamed, or its image does not reach the target, the image is
attacked again, and a warning says so.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock
from torch import nn

from advspace.attack.cache_file import COUNTED, read_adversarial, write_adversarial
from advspace.attack.contract import Adversarial, Attack, joined
from advspace.attack.source_digest import source_digest
from advspace.attack.verify import Verified, verified
from advspace.errors import warn
from advspace.model.contract import Model
from advspace.model.weights import digest
from advspace.progress.ticks import tick
from advspace.shapes import Image, Images, Labels

FOLDER = "adversarials"
FORM = 4
"""Version of the format; it is increased when files change their meaning."""

Make = Callable[[Images, Labels, Labels], Adversarial]


@dataclass
class AdversarialCache:
    """Keeps the adversarials of one attack on one network, and counts hits.

    Args:
        folder: Folder of the files; None to keep nothing.
        material: All that an adversarial depends on, except image, label, target and device.
        hits: Number of images read from the folder.
        made: Number of images attacked.
    """

    folder: Path | None
    material: str
    hits: int = field(default=0, init=False)
    made: int = field(default=0, init=False)

    @classmethod
    def of(
        cls, folder: Path | None, network: nn.Module, plugins: tuple[Model, Attack], versions: Sequence[str]
    ) -> "AdversarialCache":
        """A cache for a model and an attack; it keeps nothing if the attack's `depends_on` is None.

        Args:
            folder: Folder of the cache; None to keep nothing.
            network: The network attacked; its weights are part of the key.
            plugins: The model and the attack; their settings are part of the key.
            versions: Names of both plugins, and names and versions of their packages.
        """
        model, attack = plugins
        depends = attack.depends_on
        if folder is None or depends is None or not _plain([depends, model.settings]):
            return cls(None, "")
        built = [model.settings, repr(network), digest(network)]
        material = [FORM, torch.__version__, list(versions), source_digest(type(attack)), built, depends]
        return cls(folder / FOLDER, json.dumps(material, sort_keys=True))

    def adversarials(self, make: Make, network: nn.Module, image: Images, label: Labels, target: Labels) -> Verified:
        """Read or make the adversarials of a batch.  If several processes need the same batch, one of them makes it.

        Args:
            make: Attacks images with their labels and targets.
            network: The network attacked.
            image: Images in the box.
            label: True classes.
            target: Target classes.
        """
        if self.folder is None:
            self.made += len(image)
            return verified(make(image, label, target), network, label, target)
        rows = zip(image, label.tolist(), target.tolist(), strict=True)
        paths = [self.folder / _name(self.material, *row) for row in rows]
        with _locked(self.folder / "locks", paths):
            read = {index: read_adversarial(path, image.device) for index, path in enumerate(paths)}
            kept = {index: entry for index, entry in read.items() if entry is not None}
            return self._completed(_Batch(make, network, image, label, target, paths), kept)

    def _completed(self, batch: "_Batch", kept: dict[int, Adversarial]) -> Verified:
        """The whole batch: images from the cache, and all others attacked now."""
        wanted = [index for index in range(len(batch.paths)) if index not in kept]
        entries = kept | batch.made(wanted)
        result = batch.verified(entries)
        spoiled = [index for index in kept if bool(kept[index].success[0]) and not bool(result.success[index])]
        self._tell([batch.paths[index] for index in (*wanted, *spoiled)])
        if spoiled:
            entries |= batch.made(spoiled)
            result = batch.verified(entries)
        for index in (*wanted, *spoiled):
            spent = {name: getattr(entries[index], name) for name in COUNTED}  # without those of this check
            write_adversarial(batch.paths[index], replace(row_of(result, index), **spent))
        self.made += len(wanted) + len(spoiled)
        self.hits += len(kept) - len(spoiled)
        tick("attack", len(kept) - len(spoiled))
        return result

    def _tell(self, again: Sequence[Path]) -> None:
        """Say that files are there which cannot be used."""
        if count := sum(path.exists() for path in again):
            warn(
                f"{count} adversarial images in {self.folder} cannot be used (damaged, or of an older version); "
                "they are attacked again"
            )


def _name(material: str, image: Image, label: int, target: int) -> str:
    """Path of an image's file in the folder; the first two digits of its digest are a subfolder."""
    text = f"{material} {image.device.type} {image.dtype} {list(image.shape)} {label} {target}"
    key = blake2b(text.encode(), digest_size=16)
    key.update(image.detach().cpu().contiguous().numpy().tobytes())
    return f"{key.hexdigest()[:2]}/{key.hexdigest()}.safetensors"


def _locked(folder: Path, paths: Sequence[Path]) -> FileLock:
    """One lock per batch: processes with other batches do not wait."""
    folder.mkdir(parents=True, exist_ok=True)
    name = blake2b(" ".join(path.stem for path in paths).encode(), digest_size=16).hexdigest()
    return FileLock(folder / f"{name}.lock")


@dataclass(frozen=True)
class _Batch:
    make: Make
    network: nn.Module
    image: Images
    label: Labels
    target: Labels
    paths: Sequence[Path]

    def made(self, indices: list[int]) -> dict[int, Adversarial]:
        """Attack some of the images."""
        if not indices:
            return {}
        claimed = self.make(self.image[indices], self.label[indices], self.target[indices])
        return {index: row_of(claimed, row) for row, index in enumerate(indices)}

    def verified(self, entries: dict[int, Adversarial]) -> Verified:
        """Verify the whole batch at once, cached or not: so the rounding is always the same."""
        whole = joined([entries[index] for index in range(len(self.paths))])
        return verified(whole, self.network, self.label, self.target)


def row_of(made: Adversarial, index: int) -> Adversarial:
    """The result of one image, as a batch of one."""
    values = {item.name: _row(getattr(made, item.name), index) for item in fields(Adversarial)}
    return Adversarial(**values)


def _row(values: Any, index: int) -> Any:
    if isinstance(values, dict):
        return {name: each[index : index + 1] for name, each in values.items()}
    return None if values is None else values[index : index + 1]


def _plain(value: Any) -> bool:
    """Whether `value` consists of texts, numbers, None and containers of them, so that its text is complete."""
    if isinstance(value, dict | tuple | list):
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return all(_plain(part) for part in parts)
    return value is None or isinstance(value, str | int | float)
