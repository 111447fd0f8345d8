"""Keep the memory that a forward pass frees for the next one.

Left alone, glibc gives the memory of large layers back to the system after each use, and fetching it again page by
page can cost more than the layer itself (benchmarks/probe_throughput.md).
"""

import ctypes
import os
import platform

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
LARGEST = 32 * 2**20
"""What glibc takes at most for the size from which it asks the system for a piece by itself."""
KEPT = 2**30
"""As much may lie idle, bytes."""


def keep_freed_memory() -> bool:
    """Tell glibc to keep up to 1 GiB of freed memory, for this process; whoever set MALLOC_* keeps their settings.

    Returns:
        Whether it could be told; elsewhere, and with other allocators, nothing changes.
    """
    own = {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"} & os.environ.keys()
    if own or platform.libc_ver()[0] != "glibc":
        return False
    tell = ctypes.CDLL(None).mallopt
    return bool(tell(M_MMAP_THRESHOLD, LARGEST) and tell(M_TRIM_THRESHOLD, KEPT))
