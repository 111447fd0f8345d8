"""The start of a program: signals are heard before anything slow is imported."""

import gc
import os
import signal

from advspace.installation import completing, typed


def begin() -> None:
    """Let a signal end the program with a message, and Python look for no garbage, until the program's work begins.

    What imports make stays in memory.  Looking for garbage in it takes a sixth of the start.
    """
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        if signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, _stop_early)
    gc.disable()


def start(name: str, arguments: list[str]) -> None:
    """Run a program to its end.

    Args:
        name: `probe` or `train`.
        arguments: Its overrides and options, as Hydra reads them.
    """
    begin()
    if "--help" in arguments or "-h" in arguments:
        _help(name, arguments)
        return
    from advspace.run.opening import announce

    announce(name, arguments)
    from advspace.run.messages import report_errors
    from advspace.run.programs import run_program

    report_errors(lambda: run_program(name, arguments))


def _help(name: str, arguments: list[str]) -> None:
    """Print the help; its first part comes before the imports that the settings of plugins need."""
    from advspace.run.help_head import head
    from advspace.run.page import print_page

    print_page(head(name))
    from advspace.run.help import show_help
    from advspace.run.messages import report_errors

    report_errors(lambda: show_help(name, arguments))


def _stop_early(number: int, frame: object) -> None:
    """Exit at a signal that comes during the imports, before which there is nothing to finish."""
    del frame
    import shlex  # above, it would be time in which a signal leaves a trace

    if not completing():
        os.write(2, f"stopped; start it again with: {shlex.join(typed())}\n".encode())
    os._exit(128 + number)
