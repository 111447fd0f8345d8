"""One adversarial image on disk: safetensors with the reason of a failure and a checksum."""

import json
from hashlib import blake2b
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from advspace.attack.contract import Adversarial
from advspace.files import write_bytes

MEASURED = ("image", "success", "c", "margin", "evaluations")
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
    tensors |= {f"{EXTRA}{name}": values for name, values in entry.extra.items()}
    tensors = {name: values.detach().cpu().contiguous() for name, values in tensors.items()}
    (reason,) = entry.reason
    write_bytes(path, save(tensors, metadata={"reason": reason, "checksum": _checksum(tensors, reason)}))


def read_adversarial(path: Path, device: torch.device) -> Adversarial | None:
    """The result in a file, as a batch of one; None if the file is absent or damaged."""
    try:
        content = path.read_bytes()
        tensors, metadata = load(content), _metadata(content)
    except (OSError, SafetensorError, ValueError):
        return None
    if metadata.get("checksum") != _checksum(tensors, metadata.get("reason", "")):
        return None
    tensors = {name: values.to(device) for name, values in tensors.items()}
    extra = {name.removeprefix(EXTRA): values for name, values in tensors.items() if name.startswith(EXTRA)}
    return Adversarial(**{name: tensors[name] for name in MEASURED}, reason=(metadata["reason"],), extra=extra)


def _metadata(content: bytes) -> dict[str, str]:
    """The metadata of a safetensors file, which begins with the length of its JSON header."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return dict(header.get("__metadata__", {}))


def _checksum(tensors: dict[str, torch.Tensor], reason: str) -> str:
    whole = blake2b(reason.encode(), digest_size=16)
    for name, values in sorted(tensors.items()):
        whole.update(f"{name} {values.dtype} {list(values.shape)}".encode())
        whole.update(values.numpy().tobytes())
    return whole.hexdigest()
