"""Keep the memory that a forward pass frees for the next one.

By default glibc returns the memory of large layers to the system after each use.  To fetch it again page by page can
take longer than the layer itself (benchmarks/probe_throughput.md).
"""

import ctypes
import os
import platform

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
LARGEST = 32 * 2**20
"""Largest M_MMAP_THRESHOLD that glibc accepts, in bytes: from this size on it asks the system for each piece."""
KEPT = 2**30
"""Freed memory that the process may keep, in bytes."""


def keep_freed_memory() -> bool:
    """Make glibc keep up to 1 GiB of freed memory in this process, unless the user has set MALLOC_*.

    Returns:
        Whether the settings were changed; other allocators are left as they are.
    """
    own = {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"} & os.environ.keys()
    if own or platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(M_MMAP_THRESHOLD, LARGEST) and mallopt(M_TRIM_THRESHOLD, KEPT))
