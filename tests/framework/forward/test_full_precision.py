"""Float32 products have all of their digits, and torch's switches are the user's again afterwards."""

import subprocess
import sys

import pytest
import torch
from torch import backends

from advspace.forward.full_precision import full_precision

NEW = hasattr(backends.cuda.matmul, "fp32_precision")
SHOW = """
from torch import backends
import torch
def seen():
    result = []
    for read in (lambda: backends.cudnn.allow_tf32, torch.get_float32_matmul_precision,
                 lambda: backends.cudnn.conv.fp32_precision, lambda: backends.cudnn.rnn.fp32_precision,
                 lambda: backends.cuda.matmul.fp32_precision, lambda: backends.mkldnn.conv.fp32_precision,
                 lambda: backends.mkldnn.matmul.fp32_precision):
        try: result.append(read())
        except (AttributeError, RuntimeError) as error: result.append(type(error).__name__)
    return result
from advspace.forward.full_precision import full_precision
"""
USERS = {
    "nothing": "",
    "fast products": "torch.set_float32_matmul_precision('medium')",
    "fast convolutions off": "backends.cudnn.allow_tf32 = False",
    "newer switches": "backends.cudnn.conv.fp32_precision = 'ieee'; backends.cuda.matmul.fp32_precision = 'tf32'",
    "newer switches of a CPU": "backends.mkldnn.matmul.fp32_precision = 'bf16'",
    "all at once": "backends.fp32_precision = 'tf32'",
}


@pytest.mark.parametrize("user", USERS)
def test_inside_nothing_is_rounded_and_afterwards_all_is_the_users(user):
    if not NEW and "newer" in user:
        pytest.skip("torch has the newer switches from 2.9")
    # a process of its own: torch remembers which kind of switch was ever used
    lines = [SHOW, USERS[user], "before = seen()", "with full_precision(): print(*seen())", "assert seen() == before"]
    code = "\n".join(lines)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["False", "highest", *(["ieee"] * 5 if NEW else ["AttributeError"] * 5)]


def test_the_switches_are_the_users_after_an_error():
    before = backends.cudnn.allow_tf32
    with pytest.raises(ValueError, match="stop"), full_precision():
        raise ValueError("stop")
    assert backends.cudnn.allow_tf32 == before


@pytest.mark.parametrize(
    "device",
    [
        "cpu",
        pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")),
    ],
)
def test_a_convolution_and_a_product_have_the_digits_of_float32(device):
    generator = torch.Generator().manual_seed(0)
    images, filters = torch.rand((8, 16, 12, 12), generator=generator), torch.rand((16, 16, 3, 3), generator=generator)
    rows = images.flatten(1)
    with full_precision():
        convolved = torch.nn.functional.conv2d(images.to(device), filters.to(device)).cpu()
        product = (rows.to(device) @ rows.to(device).T).cpu()
    # rounding of each number to 10 bits would leave about 1e-4
    assert torch.allclose(convolved.double(), torch.nn.functional.conv2d(images.double(), filters.double()), rtol=5e-6)
    assert torch.allclose(product.double(), rows.double() @ rows.double().T, rtol=5e-6)
