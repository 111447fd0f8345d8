"""Commands as they are typed."""

import shlex


def command_line(*arguments: object) -> str:
    """What to type into a shell to run `probe.py` with these arguments."""
    return shlex.join(["python", "probe.py", *(str(argument) for argument in arguments)])
