"""Tensors as safetensors with a checksum, which covers their name in a cache too.

A flipped bit anywhere is noticed, and so is a file that has the name of another.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from advspace.errors import AdvspaceError

CHECKSUM = "checksum"
Tensors = dict[str, torch.Tensor]


def seal(name: str, tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> bytes:
    """The content of a file.

    Args:
        name: What the file is kept under.
        tensors: Tensors on any device.
        metadata: Texts by name; `checksum` is taken.
    """
    whole = {key: values.detach().cpu().contiguous() for key, values in tensors.items()}
    return save(whole, metadata={**metadata, CHECKSUM: _checksum(name, whole, metadata)})


def unseal(name: str, content: bytes) -> tuple[Tensors, dict[str, str]]:
    """Tensors and metadata of a sealed file, on the CPU.

    Args:
        name: What the file is kept under.
        content: The content of the file.

    Raises:
        AdvspaceError: the content is damaged, belongs to another name, or has no checksum.
    """
    try:
        tensors, metadata = load(content), _metadata(content)
    except (SafetensorError, ValueError, TypeError, AttributeError) as error:
        raise AdvspaceError("it is damaged") from error
    checksum = metadata.pop(CHECKSUM, None)
    if checksum is None:
        raise AdvspaceError("it has no checksum, as files of older versions")
    if checksum != _checksum(name, tensors, metadata):
        raise AdvspaceError("it is damaged or renamed: its checksum does not fit")
    return tensors, metadata


def _metadata(content: bytes) -> dict[str, str]:
    """The metadata of a safetensors file, which begins with the length of its JSON header."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return dict(header.get("__metadata__", {}))


def _checksum(name: str, tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> str:
    whole = blake2b(json.dumps([name, sorted(metadata.items())]).encode(), digest_size=16)
    for key, values in sorted(tensors.items()):
        whole.update(json.dumps([key, str(values.dtype), list(values.shape)]).encode())
        whole.update(values.reshape(-1).view(torch.uint8).numpy().data)
    return whole.hexdigest()
