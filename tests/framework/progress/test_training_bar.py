"""The bar of a training: steps and the validation error, on the first process alone."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from advspace.progress import bars
from advspace.progress.training_bar import TrainingBar


@pytest.fixture
def out(monkeypatch):
    text = io.StringIO()
    monkeypatch.setattr(bars, "Console", lambda **_: Console(file=text, width=120))
    return text


def trained(bar, *, first):
    trainer = SimpleNamespace(is_global_zero=first, estimated_stepping_batches=4, global_step=0, callback_metrics={})
    bar.on_fit_start(trainer, None)
    for step in range(1, 5):
        trainer.global_step = step
        trainer.callback_metrics = {"validation_error": 0.125} if step > 2 else {}
        bar.on_train_batch_end(trainer, None, None, None, 0)
    bar.teardown(trainer, None, "fit")


def test_it_counts_steps_and_tells_the_error(out):
    trained(TrainingBar(), first=True)
    last = out.getvalue().splitlines()[-1]
    assert "4/4" in last
    assert "steps/s" in last
    assert "validation error 12.50%" in last


def test_other_processes_show_none(out):
    trained(TrainingBar(), first=False)
    assert out.getvalue() == ""
