"""One adversarial image on disk: safetensors with the reason of a failure, under a checksum that covers its name."""

from pathlib import Path

import torch

from advspace.attack.contract import Adversarial
from advspace.errors import AdvspaceError
from advspace.files.atomic import write_bytes
from advspace.files.sealed import seal, unseal

MEASURED = ("image", "success", "c", "margin", "evaluations")
COUNTED = ("forwards", "padding")
EXTRA = "extra."


def write_adversarial(path: Path, entry: Adversarial) -> None:
    """Write the result of one image, success or failure.

    Args:
        path: A `.safetensors` file.
        entry: A batch of one.

    Raises:
        AdvspaceError: the file cannot be written.
    """
    tensors = {name: getattr(entry, name) for name in MEASURED}
    tensors |= {name: getattr(entry, name) for name in COUNTED if getattr(entry, name) is not None}
    tensors |= {f"{EXTRA}{name}": values for name, values in entry.extra.items()}
    (reason,) = entry.reason
    write_bytes(path, seal(path.stem, tensors, {"reason": reason}))


def read_adversarial(path: Path, device: torch.device) -> Adversarial | None:
    """The result in a file, as a batch of one; None if the file is absent, damaged, or another's."""
    try:
        tensors, metadata = unseal(path.stem, path.read_bytes())
    except (OSError, AdvspaceError):
        return None
    tensors = {name: values.to(device) for name, values in tensors.items()}
    extra = {name.removeprefix(EXTRA): values for name, values in tensors.items() if name.startswith(EXTRA)}
    measured = {name: tensors[name] for name in MEASURED}
    forwards, padding = (tensors.get(name) for name in COUNTED)
    return Adversarial(**measured, reason=(metadata["reason"],), extra=extra, forwards=forwards, padding=padding)
