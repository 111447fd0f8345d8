"""One adversarial image on disk: it comes back bit for bit, or not at all."""

import pytest
import torch

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


def test_what_is_damaged_or_has_the_name_of_another_is_none(entry, tmp_path):
    path = tmp_path / "made.safetensors"
    write_adversarial(path, entry)
    assert read_adversarial(path.rename(tmp_path / "other.safetensors"), CPU) is None
    write_adversarial(path, entry)
    torn = bytearray(path.read_bytes())
    torn[-1] ^= 1
    path.write_bytes(torn)
    assert read_adversarial(path, CPU) is None
