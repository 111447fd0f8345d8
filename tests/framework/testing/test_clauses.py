"""A broken clause is one sentence that names the plugin, what it must do, and what it did."""

import pytest
import torch

from advspace.testing.clauses import ContractError, Subject, devices


class Mine:
    pass


MINE = Subject("noise", Mine())


def test_a_clause_that_is_kept_says_nothing():
    MINE.must("keep still", True, "anything")


@pytest.mark.parametrize(("result", "text"), [(None, ""), (0, ", got 0"), ("a b", ", got a b")])
def test_a_broken_one_says_what_was_got(result, text):
    with pytest.raises(ContractError, match=f"^noise Mine must keep still{text}$"):
        MINE.must("keep still", kept=0, result=result)


def test_an_error_of_the_plugin_is_the_cause():
    with pytest.raises(
        ContractError, match=r"^noise Mine must answer, got ZeroDivisionError: division by zero$"
    ) as broken:
        MINE.asked("answer", lambda: 1 / 0)
    assert isinstance(broken.value.__cause__, ZeroDivisionError)
    assert MINE.asked("answer", lambda: 42) == 42


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([1.0], "give noise as a tensor, got list"),
        (torch.zeros(3), r"give noise of shape \[2\], got \[3\]"),
        (torch.zeros(2, dtype=torch.float64), "give noise as torch.float32, got torch.float64"),
        (torch.zeros(2, device="meta"), r"give noise on the device asked \(cpu\), got meta"),
    ],
)
def test_tensors(value, said):
    MINE.tensor("noise", torch.ones(2), torch.zeros(1), (2,))
    with pytest.raises(ContractError, match=said):
        MINE.tensor("noise", value, torch.zeros(1), (2,))


def test_the_cpu_is_always_tried():
    assert devices()[0] == torch.device("cpu")
