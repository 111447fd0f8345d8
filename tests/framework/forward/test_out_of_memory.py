"""Half as much at once where memory runs out, with the same results."""

import pytest
import torch

from advspace import AdvspaceError
from advspace.errors import AdvspaceWarning
from advspace.forward.out_of_memory import ShrinkingBatch
from advspace.progress.ticks import listening, tick


def room_for(most, tried, error=torch.OutOfMemoryError):
    """Work that needs memory for each of its rows, and counts them first."""

    def work(rows):
        tried.append(rows)
        tick("attack", rows)
        if rows > most:
            raise error("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return rows

    return work


def test_what_did_not_fit_is_not_tried_again():
    fit, tried = ShrinkingBatch("batch_size", 64), []
    with pytest.warns(AdvspaceWarning, match=r"64 rows at once \(batch_size\) need more memory .* going on with 16"):
        assert fit.run(room_for(20, tried)) == 16
    assert fit.run(room_for(20, tried)) == 16
    assert tried == [64, 32, 16, 16]


@pytest.mark.parametrize("error", [RuntimeError, MemoryError])
def test_a_cpu_has_errors_of_its_own(error):
    with pytest.warns(AdvspaceWarning, match="going on with 16"):
        assert ShrinkingBatch("batch_size", 64).run(room_for(20, [], error)) == 16


def test_no_more_is_tried_than_there_is():
    fit, tried = ShrinkingBatch("batch_size", 64), []
    assert fit.run(room_for(20, tried), 5) == 5
    assert fit.run(room_for(20, tried), 20) == 20
    assert fit.rows == 64


def test_progress_counts_what_is_done_only():
    counted = []
    with listening(lambda stage, count: counted.append(count)), pytest.warns(AdvspaceWarning):
        ShrinkingBatch("batch_size", 8).run(room_for(4, []))
    assert counted == [8, -8, 4]


def test_less_than_a_row_is_refused_in_a_sentence():
    with pytest.raises(AdvspaceError, match=r"memory is too small even for draws_per_forward=1; use a device"):
        ShrinkingBatch("draws_per_forward", 3).run(room_for(0, []))


def test_other_errors_stay():
    def broken(rows):
        raise RuntimeError(f"{rows} rows")

    with pytest.raises(RuntimeError, match="3 rows"):
        ShrinkingBatch("batch_size", 3).run(broken)
