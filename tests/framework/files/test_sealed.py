"""Tensors under a checksum: not one bit of a file can change unnoticed, and no file can take the name of another."""

import pytest
import torch
from safetensors.torch import load, save

from advspace import AdvspaceError
from advspace.files.sealed import seal, unseal

TENSORS = {
    "half": torch.arange(3).to(torch.bfloat16),
    "scalar": torch.tensor(7),
    "flags": torch.tensor([True, False]),
    "empty": torch.zeros(0, 2),
    "strided": torch.arange(6.0).reshape(2, 3).T,
}
METADATA = {"reason": "out of luck: «Pech»"}


def test_all_comes_back():
    tensors, metadata = unseal("name", seal("name", TENSORS, METADATA))
    assert metadata == METADATA
    assert tensors.keys() == TENSORS.keys()
    for name, values in tensors.items():
        torch.testing.assert_close(values, TENSORS[name], rtol=0, atol=0)


def test_a_bit_anywhere_is_noticed():
    """Length, header with names and checksum, data."""
    whole = seal("name", TENSORS, METADATA)
    for place in range(8 * len(whole)):
        torn = bytearray(whole)
        torn[place // 8] ^= 1 << place % 8
        with pytest.raises(AdvspaceError, match=r"^it is damaged|^it has no checksum"):
            unseal("name", bytes(torn))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 64, b"\xff" * 64, seal("name", TENSORS, METADATA)[:-1]],
    ids=["empty", "zeros", "ones", "cut"],  # some versions of safetensors write the metadata in any order
)
def test_what_is_no_such_file(content):
    with pytest.raises(AdvspaceError, match=r"^it is damaged$"):
        unseal("name", content)


def test_the_name_belongs_to_it():
    with pytest.raises(AdvspaceError, match=r"^it is damaged or renamed: its checksum does not fit$"):
        unseal("other", seal("name", TENSORS, METADATA))


def test_without_a_checksum():
    with pytest.raises(AdvspaceError, match=r"^it has no checksum, as files of older versions$"):
        unseal("name", save(load(seal("name", TENSORS, METADATA)), metadata=METADATA))
