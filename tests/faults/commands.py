"""A command in a process of its own that can be killed at a moment or at a file operation."""

import importlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import in_one_process
from tests.commands import environment, last_of_each
from tests.forked import Forked


@dataclass(frozen=True)
class Aim:
    """Kills the process at its `number`-th rename of a file, just before or just `after` it; 0 counts them only."""

    number: int
    after: bool = False


@dataclass(frozen=True)
class Ended:
    """How a command ended: its status, what it printed, and how many of its processes were left over."""

    status: int
    printed: str
    seconds: float
    left: int


def run(
    words: Sequence[str],
    cwd: Path,
    *,
    kill_after: float | None = None,
    number: signal.Signals = signal.SIGKILL,
    spoil: Callable[[], None] | None = None,
) -> Ended:
    """Runs `python -m gan_lab WORDS`, or of `gan_lab.NAME` if the first word is a name, and waits for its end.

    `kill_after` seconds it gets the signal `number`; `spoil` is called in its process before it starts.
    """
    start = time.monotonic()
    process = Forked(begin, [*words], spoil, cwd=cwd, env=environment())
    if kill_after is not None:
        with suppress(subprocess.TimeoutExpired, ProcessLookupError):
            process.process.join(kill_after)
            if process.poll() is None:
                process.send_signal(number)
    printed, _ = process.communicate(timeout=300)
    seconds = time.monotonic() - start
    assert process.process.pid is not None
    assert process.returncode is not None
    return Ended(process.returncode, printed, seconds, left_over(process.process.pid))


def begin(words: Sequence[str], spoil: Callable[[], None] | None) -> None:
    """The forked process."""
    os.setsid()  # all processes that it starts can be found by its session
    if spoil is not None:
        spoil()
    if words[0].isidentifier():
        sys.argv = ["gan_lab", *words[1:]]
        importlib.import_module(f"gan_lab.{words[0]}.__main__").main()
    else:
        in_one_process.run_one(last_of_each(words))


def limit_files(size: int) -> None:
    """No file may grow beyond so many bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def take_aim(aim: Aim) -> None:
    rename, count = os.replace, 0

    def counted(*names: Any) -> None:
        nonlocal count
        count += 1
        if count == aim.number and not aim.after:
            os.kill(os.getpid(), signal.SIGKILL)
        rename(*names)
        if count == aim.number:
            os.kill(os.getpid(), signal.SIGKILL)
        if aim.number == 0:
            Path("renames").write_text(str(count))

    os.replace = counted  # type: ignore[assignment]


def left_over(session: int, wait: float = 10.0) -> int:
    """Returns how many processes of a session still live after some seconds, and ends them."""
    deadline = time.monotonic() + wait
    while members := members_of(session):
        if time.monotonic() > deadline:
            for process in members:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            break
        time.sleep(0.05)
    return len(members)


def members_of(session: int) -> list[int]:
    """The processes of a session that are not merely waiting to be buried."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, own, *_ = stat.read_text().rpartition(")")[2].split()
            if int(own) == session and state != "Z":
                found.append(int(stat.parent.name))
    return found
