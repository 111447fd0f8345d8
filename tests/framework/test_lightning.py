"""Lightning without its advertisements, and several processes that end together."""

import logging
import warnings
from types import SimpleNamespace

import pytest
from hydra.types import RunMode

from advspace import AdvspaceError
from advspace.lightning import (
    check_trainer,
    ddp_without_timeout,
    fail_together,
    first_process,
    quiet_lightning,
    refuse_sweeps,
)


def test_advertisements_are_hidden_and_other_warnings_are_not():
    logger = logging.getLogger("pytorch_lightning")
    before = logger.level
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with quiet_lightning():
            warnings.warn("The dataloader does not have many workers which may be a bottleneck", stacklevel=1)
            warnings.warn("The loss is NaN", stacklevel=1)
            assert logger.level == logging.WARNING
    assert [str(warning.message) for warning in said] == ["The loss is NaN"]
    assert logger.level == before


@pytest.mark.parametrize("name", ["RANK", "LOCAL_RANK", "NODE_RANK"])
def test_one_process_is_the_first(monkeypatch, name):
    for each in ("RANK", "LOCAL_RANK", "NODE_RANK"):
        monkeypatch.delenv(each, raising=False)
    assert first_process()
    monkeypatch.setenv(name, "0")
    assert first_process()
    monkeypatch.setenv(name, "1")
    assert not first_process()


def test_shares_of_the_work_may_differ_by_hours():
    assert ddp_without_timeout("ddp")._timeout.days == 30
    assert ddp_without_timeout("auto") == "auto"


class Process:
    killed = False

    def kill(self):
        self.killed = True


def trainer(barrier=lambda name: None, processes=()):
    launcher = SimpleNamespace(procs=list(processes))
    return SimpleNamespace(world_size=2, num_devices=2, strategy=SimpleNamespace(launcher=launcher, barrier=barrier))


def test_processes_leave_together():
    names = []
    with fail_together(trainer(names.append)):
        pass
    assert names == ["done"]


def test_where_the_first_fails_none_goes_on():
    process = Process()
    engine = trainer(processes=[process])
    with pytest.raises(ZeroDivisionError), fail_together(engine):
        raise ZeroDivisionError
    assert process.killed
    assert engine.strategy.launcher.procs == []


def test_where_another_fails_that_is_said():
    def broken(name):
        raise RuntimeError("connection closed by peer")

    with (
        pytest.raises(AdvspaceError, match="another process of this run has failed; its message"),
        fail_together(trainer(broken)),
    ):
        pass


def test_a_multirun_has_one_process_per_run(monkeypatch):
    monkeypatch.setattr("hydra.core.hydra_config.HydraConfig.initialized", lambda: True)
    monkeypatch.setattr("hydra.core.hydra_config.HydraConfig.get", lambda: SimpleNamespace(mode=RunMode.MULTIRUN))
    with pytest.raises(AdvspaceError, match=r"several processes \(trainer.devices=2\); take trainer.devices=1"):
        refuse_sweeps(trainer())
    monkeypatch.setattr("hydra.core.hydra_config.HydraConfig.get", lambda: SimpleNamespace(mode=RunMode.RUN))
    refuse_sweeps(trainer())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"accelerator": "abacus"}, r"trainer: Lightning refuses its settings \(.*abacus.*\); set trainer.\* anew"),
        ({"devices": 0}, r"trainer: Lightning refuses its settings \(.*\); set trainer.\* anew"),
        ({"devices": 10**9}, "trainer.devices must be <= 4096, got 1000000000"),
        ({"acelerator": "cpu"}, "trainer: Lightning has no setting 'acelerator' here; nearest: accelerator"),
        ({"callbacks": []}, "trainer: Lightning has no setting 'callbacks' here; "),
    ],
)
def test_settings_that_lightning_refuses(settings, said):
    check_trainer({"accelerator": "cpu"})
    with pytest.raises(AdvspaceError, match=f"^{said}"):
        check_trainer({"accelerator": "cpu"} | settings)
