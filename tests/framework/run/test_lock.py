"""One run at a time writes into a directory."""

import os
import signal
import subprocess
import sys

import pytest

from advspace import AdvspaceError
from advspace.run.lock import writing

HOLD = """
import sys
from pathlib import Path
from advspace.run.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def hold(tmp_path):
    """Start another process that holds the directory until it is killed or its input ends."""
    processes = []

    def start(rank="0"):
        environment = os.environ | {"LOCAL_RANK": rank, "RANK": rank}
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_a_second_writer_is_refused_and_says_which_process_is_first(hold, tmp_path):
    first = hold()
    with pytest.raises(AdvspaceError, match=rf"process {first.pid} on .+ works on the run in"), writing(tmp_path):
        pass


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_writer_holds_nothing(hold, tmp_path, end):
    first = hold()
    first.send_signal(end)
    first.wait()
    with writing(tmp_path):
        pass
    with writing(tmp_path):  # nor does one that ended
        pass


def test_processes_of_one_run_write_together(hold):
    hold()
    hold("1")


def test_a_run_waits_for_no_process_that_is_left_of_another(hold, tmp_path):
    """The first of two processes was killed, the other still writes: the run is not taken up meanwhile."""
    first = hold()
    second = hold("1")
    first.kill()
    first.wait()
    with pytest.raises(AdvspaceError, match=f"process {second.pid} "), writing(tmp_path):
        pass
