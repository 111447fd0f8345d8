"""Images and labels in the forms that people have."""

import numpy as np
import pytest
import torch

from advspace import AdvspaceError
from advspace.dataset.arrays import tensor_of

PIXELS = torch.rand(3, 2, 4, 5)


@pytest.mark.parametrize(
    "given",
    [
        PIXELS,
        PIXELS.numpy(),
        list(PIXELS),
        tuple(PIXELS),
        list(PIXELS.numpy()),
        PIXELS.tolist(),
        PIXELS.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2),
        torch.rand(3, 2, 4, 6)[..., 1:].copy_(PIXELS),
        PIXELS.numpy()[..., ::-1].copy()[..., ::-1],
        PIXELS.numpy().astype(">f4"),
        PIXELS.clone().requires_grad_(),
        torch.nn.Parameter(PIXELS) * 1,
    ],
)
def test_all_forms_give_the_same(given):
    result = tensor_of("images", given)
    torch.testing.assert_close(result, PIXELS, check_dtype=False, atol=1e-7, rtol=0)
    assert result.is_contiguous()
    assert not result.requires_grad


def test_read_only_arrays_are_copied_in_silence():
    given = np.arange(3)
    given.flags.writeable = False
    assert tensor_of("labels", given).tolist() == [0, 1, 2]


def test_a_tensor_of_inference_mode_becomes_an_ordinary_one():
    with torch.inference_mode():
        given = PIXELS * 1
    assert not tensor_of("images", given).is_inference()


@pytest.mark.parametrize(
    "given", [(PIXELS, torch.zeros(3)), [[1, 2], [3]], ["cat", "dog"], None, PIXELS.to("meta"), [object()]]
)
def test_refused_in_a_sentence(given):
    with pytest.raises(AdvspaceError, match=r"^images must be a tensor, a NumPy array or a list of equal shapes, got "):
        tensor_of("images", given)
