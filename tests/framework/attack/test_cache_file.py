"""One adversarial image on disk: it comes back bit for bit, or not at all."""

import pytest
import torch
from safetensors.torch import load, save

from advspace import Adversarial
from advspace.attack.cache_file import read_adversarial, write_adversarial

CPU = torch.device("cpu")


@pytest.fixture
def entry(generator):
    image = torch.rand(1, 3, 4, 5, generator=generator)
    extra = {"l2_unquantised": torch.tensor([0.1])}
    return Adversarial(
        image, torch.tensor([True]), ("",), torch.tensor([1 / 3]), torch.tensor([0.2]), torch.tensor([9]), extra
    )


FAILURE = Adversarial(
    torch.full((1, 1, 2, 2), torch.nan),
    torch.tensor([False]),
    ("out of luck: «Pech»",),
    torch.tensor([torch.nan]),
    torch.tensor([torch.nan]),
    torch.tensor([4]),
)


def same(one, other):
    for name in ("image", "success", "c", "margin", "evaluations"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name), rtol=0, atol=0, equal_nan=True)
    assert one.reason == other.reason
    assert {name: values.tolist() for name, values in one.extra.items()} == {
        name: values.tolist() for name, values in other.extra.items()
    }


def test_success_and_failure_come_back(entry, tmp_path):
    for number, made in enumerate((entry, FAILURE)):
        path = tmp_path / "ab" / f"{number}.safetensors"
        write_adversarial(path, made)
        same(read_adversarial(path, CPU), made)


def test_no_file(tmp_path):
    assert read_adversarial(tmp_path / "gone.safetensors", CPU) is None


def test_a_single_bit_is_noticed(entry, tmp_path):
    path = tmp_path / "made.safetensors"
    write_adversarial(path, entry)
    whole = path.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    for place in range(start, len(whole), 7):
        torn = bytearray(whole)
        torn[place] ^= 1
        path.write_bytes(bytes(torn))
        assert read_adversarial(path, CPU) is None


def test_another_reason_or_none_is_noticed(entry, tmp_path):
    path = tmp_path / "made.safetensors"
    write_adversarial(path, entry)
    tensors = load(path.read_bytes())
    for metadata in ({"reason": "another"}, None):
        path.write_bytes(save(tensors, metadata=metadata))
        assert read_adversarial(path, CPU) is None
