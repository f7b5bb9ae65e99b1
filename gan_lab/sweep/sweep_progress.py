"""Prints the progress of a sweep: runs done, running and left, the remaining time, the best result so far."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from tqdm import tqdm

from gan_lab.runs.state import State, state

GONE = ("failed", "diverged")
"""States of jobs whose steps that are left will not be taken."""


class Progress(threading.Thread):
    """Watches the folders of jobs and prints a line when one changes its state, and at least every `silence` seconds.

    It works with any launcher, because it reads only the files of the jobs: `read` returns the state of a folder.
    """

    def __init__(
        self, total: int, read: Callable[[Path], State] = state, *, every: float = 2.0, silence: float = 300.0
    ) -> None:
        super().__init__(daemon=True)
        self.folders: list[Path] = []
        self.total = total
        self.read = read
        self.every = every
        self.silence = silence
        self.ended = threading.Event()
        self.said: dict[str, int] = {}
        self.spoke = 0.0
        self.began: tuple[float, float] | None = None  # time and jobs done when this session began

    def look(self) -> None:
        """Prints the progress if it has changed, or if the last line was long ago."""
        states = [self.read(folder) for folder in self.folders]
        done = sum(found.done for found in states)
        self.began = self.began or (time.monotonic(), done)
        counts = Counter(found.status for found in states)
        if counts != self.said or time.monotonic() - self.spoke > self.silence:
            self.said, self.spoke = counts, time.monotonic()
            began, before = self.began
            rate = (done - before) / max(time.monotonic() - began, 1e-9)
            tqdm.write(f"sweep: {sentence(states, self.folders, self.total, rate)}")  # above a bar that is there

    def run(self) -> None:
        while not self.ended.wait(self.every):
            self.look()

    def end(self) -> None:
        self.ended.set()
        if self.is_alive():
            self.join()
        self.look()


def sentence(states: Sequence[State], folders: Sequence[Path], total: int, rate: float) -> str:
    """Returns the progress in one line. `rate` is in jobs per second, counting parts of jobs; 0 where it is unknown."""
    counts = Counter(found.status for found in states)
    words = [f"{counts['finished']} of {total} runs done"]
    begun = {status: counts[status] for status in ("pruned", *GONE, "interrupted", "running") if counts[status]}
    words += [f"{count} {status}" for status, count in begun.items()]
    words.append(f"{total - counts['finished'] - sum(begun.values())} left")
    left = total - sum(1 if found.status in GONE else found.done for found in states)
    if rate > 0 and left > 0:
        words.append(f"about {timedelta(seconds=round(left / rate))} remaining")
    finished = [(found, folder.name) for found, folder in zip(states, folders, strict=True)]
    for monitor in dict.fromkeys(found.monitor for found in states if found.best is not None):
        value, name = min(
            (found.best, name) for found, name in finished if found.best is not None and found.monitor == monitor
        )
        words.append(f"best {monitor} so far {value:.4g} ({name})")
    return ", ".join(words)
