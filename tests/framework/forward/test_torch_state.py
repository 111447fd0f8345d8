"""Torch's global state within the framework, and after it."""

import torch

from advspace.forward.torch_state import ordinary_state


def state():
    return (
        torch.is_inference_mode_enabled(),
        torch.get_default_dtype(),
        torch.empty(0).device,
        torch.is_autocast_enabled("cpu"),
    )


def test_the_state_is_ordinary_and_then_as_it_was():
    before = state()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.inference_mode(), torch.device("meta"), torch.autocast("cpu", torch.bfloat16):
            theirs = state()
            with ordinary_state():
                assert state() == (False, torch.float32, torch.device("cpu"), False)
                assert torch.zeros(1).dtype == torch.float32
                assert torch.zeros(1).device.type == "cpu"
            assert state() == theirs
    finally:
        torch.set_default_dtype(torch.float32)
    assert state() == before
