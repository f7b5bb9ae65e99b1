"""Keeps freed memory in the process, for speed."""

import ctypes
import sys

MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1  # malloc.h
NEVER = 1 << 30  # bytes


def keep_freed_memory() -> None:
    """Asks glibc to keep freed memory for the next use instead of giving it back to the system.

    Each step of training allocates and frees the same megabytes of gradients. If they were returned, the kernel would
    provide and clear new pages at each step, with one page fault each, which costs up to a sixth of a step. Does
    nothing where there is no glibc.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl has none
        mallopt(MMAP_THRESHOLD, NEVER)
        mallopt(TRIM_THRESHOLD, NEVER)
