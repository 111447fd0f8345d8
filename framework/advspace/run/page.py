"""Text on the standard output whose reader may leave early, as in `advspace plugins | head`."""

import os
import signal
import sys


def print_page(text: str) -> None:
    """Print a text; if its reader has gone, end the program without a word, as shells expect it.

    Args:
        text: Any number of lines.
    """
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes again at its end
        sys.exit(128 + signal.SIGPIPE)
