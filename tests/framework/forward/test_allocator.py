"""Memory that is freed stays at hand."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import sys
import torch
from advspace.forward.allocator import keep_freed_memory
told = sys.argv[1] == "told" and keep_freed_memory()
def held():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4 // 1024
before = held()
pieces = [torch.ones(5 * 2**20) for _ in range(10)]  # 20 MiB each
del pieces
print(told, held() - before)
"""


def told(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], env={**environment}, capture_output=True, text=True, check=True
    )
    said, megabytes = done.stdout.split()
    return said == "True", int(megabytes)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_freed_memory_stays():
    said, megabytes = told("told")
    assert said
    assert megabytes > 190
    assert told("not")[1] < 50


def test_who_has_settings_of_their_own_keeps_them():
    assert told("told", MALLOC_TRIM_THRESHOLD_="100000")[0] is False
