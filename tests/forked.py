"""Processes of their own without the wait for torch: forked from one that has imported it."""

import multiprocessing as mp
import os
import random
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

if (root := str(Path(__file__).parents[1])) not in sys.path:  # of the server too, which may start in another folder
    sys.path.insert(0, root)
FORKS = mp.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.imported"])
os.environ["OMP_NUM_THREADS"] = "1"  # of the process that is forked, which starts with the first of the others


class Forked:
    """A function in a process of its own, with what subprocess.Popen has: it can be waited for, killed and read.

    What a cold start alone can show (imports, the order of sets) needs a program of its own instead.
    """

    def __init__(self, function: Callable[..., None], *arguments: Any, cwd: Path, env: dict[str, str]) -> None:
        handle, self.printed = tempfile.mkstemp()
        os.close(handle)
        weakref.finalize(self, os.unlink, self.printed)
        self.process = FORKS.Process(target=begin, args=(self.printed, str(cwd), env, function, arguments))
        self.process.start()

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def poll(self) -> int | None:
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def wait(self, timeout: float) -> int:
        self.process.join(timeout)
        if self.process.exitcode is None:
            self.process.kill()
            raise subprocess.TimeoutExpired(self.printed, timeout, Path(self.printed).read_text())
        return self.process.exitcode

    def communicate(self, timeout: float) -> tuple[str, None]:
        """Waits for the end and returns all that was printed."""
        self.wait(timeout)
        return Path(self.printed).read_text(), None


def begin(printed: str, cwd: str, env: dict[str, str], function: Callable[..., None], arguments: Sequence[Any]) -> None:
    """The forked process."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ |= env
    output = os.open(printed, os.O_WRONLY | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output, stream.fileno())
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    random.seed()  # no two processes have the same generators of Python and NumPy: whoever uses them is found out
    sys.modules["numpy"].random.seed()
    function(*arguments)
