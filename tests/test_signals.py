"""A signal in any phase of a program: the exit status says which, the last line says how to go on."""

import signal

import pytest

from advspace.records.tables import read_tables

SENDS = """
import os, signal
from advspace import Analysis, Attack, Finding, Model, Noise
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.noise.gaussian import Gaussian
def send():
    os.kill(os.getpid(), int(os.environ.get("SIGNAL", "0")))  # 0 sends nothing
"""
PHASES = {
    "training": (
        "model",
        """
class Plugin(Model):
    epochs = 2
    def network(self, shape, classes):
        network = Logistic().network(shape, classes)
        network.register_forward_pre_hook(lambda module, inputs: send() if module.training else None)
        return network
""",
        "nothing of the work is",
    ),
    "attack": (
        "attack",
        """
class Plugin(Attack):
    calls = 0
    def __call__(self, model, image, label, target):
        self.calls += 1
        if self.calls == 2:
            send()
        return LBFGSB()(model, image, label, target)
""",
        "2 of 4 attacks are",
    ),
    "probing": (
        "noise",
        """
class Plugin(Noise):
    calls = 0
    def sample(self, distortion, scale, draws, generator):
        send()
        return Gaussian().sample(distortion, scale, draws, generator)
""",
        "0 of 4 attacks are",
    ),
    "analysis": (
        "analysis",
        """
class Plugin(Analysis):
    title = "Sends a signal"
    def __call__(self, run):
        send()
        return Finding()
""",
        "4 of 4 attacks are",
    ),
}
SMALL = ("images=4", "batch_size=2", "probe.draws=5", "probe.scales=[1,4]", "tracking=off", "hydra.run.dir=run")


@pytest.mark.parametrize(
    ("phase", "number"), [*((phase, signal.SIGTERM) for phase in PHASES), ("attack", signal.SIGINT)]
)
def test_a_run_that_is_stopped_goes_on(call, third_party, quick_conclusion, tmp_path, phase, number):
    kind, source, done = PHASES[phase]
    third_party(kind, "signalled", SENDS + source)
    chosen = "analysis=[signalled]" if kind == "analysis" else f"{kind}=signalled"
    fresh = f"cache={tmp_path}/cache"
    stopped = call("probe", *SMALL, chosen, fresh, environment={"SIGNAL": str(int(number))})
    assert stopped.returncode == 128 + number, stopped.stderr
    assert "Traceback" not in stopped.stderr
    last = stopped.stderr.strip().splitlines()[-1]
    assert last == f"stopped: {done} done; go on with: python probe.py resume={tmp_path}/run"
    again = call("probe", "resume=run", fresh)
    assert again.returncode == 0, again.stderr
    assert len(read_tables(tmp_path / "run")[0]) == 4


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1], ids=lambda number: number.name)
def test_a_closed_terminal_and_the_end_of_a_jobs_time_stop_a_training(call, third_party, tmp_path, number):
    third_party("model", "signalled", SENDS + PHASES["training"][1])
    stopped = call(
        *("train", "model=signalled", f"cache={tmp_path}/cache", "tracking=off", "hydra.run.dir=run"),
        environment={"SIGNAL": str(int(number))},
    )
    assert stopped.returncode == 128 + number, stopped.stderr
    last = stopped.stderr.strip().splitlines()[-1]
    assert last == f"stopped; go on with: python train.py resume={tmp_path}/run"


def test_a_stopped_multirun_runs_what_is_missing(call, third_party, quick_conclusion, tmp_path):
    """It was stopped in the second of three runs."""
    source = SENDS + PHASES["analysis"][1].replace("send()", "send() if run.settings['seed'] == 1 else None")
    third_party("analysis", "signalled", source)
    first = ("-m", *SMALL[:-1], "analysis=[signalled]", "seed=0,1,2", "hydra.sweep.dir=sweep")
    fresh = f"cache={tmp_path}/cache"
    stopped = call("probe", *first, fresh, environment={"SIGNAL": str(int(signal.SIGTERM))})
    assert stopped.returncode == 143
    report = call("probe", "report=sweep")
    assert "not in the comparison (1: " in report.stderr
    assert "2: it has not started); go on with: python probe.py 'resume=\"sweep\"'" in report.stderr
    again = call("probe", "resume=sweep", fresh)
    assert again.returncode == 0, again.stderr
    assert "tables and figures in comparison/ beside it" in again.stderr
    assert [len(read_tables(tmp_path / "sweep" / str(run))[0]) for run in range(3)] == [4, 4, 4]
