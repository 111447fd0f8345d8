"""Signals while Lightning works."""

from typing import Any

import pytorch_lightning as pl

from advspace.signals import hear, heard


class HearSignals(pl.Callback):
    """Takes the signals back from Lightning.

    Its own handler of SIGTERM lets the work go on, and lets processes wait for each other.
    """

    def on_sanity_check_start(self, trainer: Any, pl_module: Any) -> None:
        """The first hook of a training after Lightning has set its handlers."""
        del trainer, pl_module
        hear()

    on_train_start = on_validation_start = on_test_start = on_predict_start = on_sanity_check_start


def signal_callbacks() -> list[pl.Callback]:
    """`HearSignals` in a program that hears signals; none in a notebook, whose signals are not ours."""
    return [HearSignals()] if heard() else []
