"""Follows the process that started this one, so that no process of a run is left over. Imports no torch."""

import os
import signal
import time
from collections.abc import Callable
from functools import cache
from threading import Event, Thread

RUN = "GAN_LAB_RUN"
"""The environment variable that tells the processes that Lightning starts which process is the first of their run."""

EVERY = 0.5
"""Seconds between two looks."""

job_over = Event()


@cache
def follow_parent(parent: int, last: Callable[[], None]) -> None:
    """Ends this process when `parent`, which started it, has died, however that happened; calls `last` before.

    A thread watches, since the main one may wait for other processes that will never come. Windows does not say when a
    parent has died, so that there this process ends with its own work.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(EVERY)
        last()
        os._exit(128 + signal.SIGTERM)

    Thread(target=watch, daemon=True).start()


def save_first() -> None:
    """Asks the job of this process to stop, and waits until it has saved a checkpoint."""
    if os.name == "posix":
        os.kill(os.getpid(), signal.SIGTERM)
    else:  # where that would end it
        signal.raise_signal(signal.SIGTERM)
    job_over.wait()


def one_of_the_others() -> bool:
    """Returns whether Lightning started this process as another one of a run."""
    return RUN in os.environ and os.environ.get("LOCAL_RANK", "0") != "0"


def follow_first_process() -> None:
    """Follows the first process of the run in one of the others; what there is to save, the first one has saved."""
    if one_of_the_others():
        follow_parent(int(os.environ[RUN]), nothing)


def nothing() -> None:
    """Does nothing before the end."""
