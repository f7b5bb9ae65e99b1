"""`python -m PACKAGE ARGUMENTS` inside this process."""

import runpy
import sys
import warnings


def as_typed(package: str, *arguments: str) -> None:
    """Runs the package's __main__ as Python does, without the wait for a new process and its imports."""
    before = sys.argv
    sys.argv = [package, *arguments]
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'.*' found in sys.modules", RuntimeWarning)  # which does no harm here
            runpy.run_module(f"{package}.__main__", run_name="__main__", alter_sys=True)
    finally:
        sys.argv = before
