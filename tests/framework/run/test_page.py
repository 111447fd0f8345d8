"""Text whose reader may leave early."""

import os
import signal
import subprocess
import sys

from advspace.run.page import print_page


def test_a_reader_that_has_gone_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-m", "advspace", "--help"], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


def test_else_the_text_is_printed(capsys):
    print_page("one\ntwo")
    assert capsys.readouterr().out == "one\ntwo\n"
