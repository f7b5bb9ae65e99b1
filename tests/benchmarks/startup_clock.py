"""python -m tests.benchmarks.startup_clock STARTED ARGUMENTS: `python -m gan_lab ARGUMENTS` up to its first round.

Prints one JSON line, by part the seconds since STARTED, the reading of `time.monotonic()` when the process was asked
for. The parts add up: no second is counted twice or left out.
"""

import functools
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

IMPORTS = ("torch._dynamo", "torchvision", "lightning")
"""Each without those before it. Lightning and torch's optimizers need the first, and gan_lab's images the second."""

PARTS = {"data": "data", "model": "model", "callbacks": "trainer", "trainer": "trainer", "loggers": "trainer"}
"""By the first key of what `build` builds, the part that begins with it."""


class Clock:
    """Counts every second for one part, the current one."""

    def __init__(self, start: float, part: str) -> None:
        self.seconds: dict[str, float] = {}
        self.since, self.part = start, part

    def enter(self, part: str) -> str:
        """Counts for this part from now on; returns the one before."""
        now = time.monotonic()
        self.seconds[self.part] = self.seconds.get(self.part, 0.0) + now - self.since
        before, self.since, self.part = self.part, now, part
        return before

    def during(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, whose seconds count for this part."""

        @functools.wraps(function)
        def counted(*args: Any, **kwargs: Any) -> Any:
            before = self.enter(part)
            try:
                return function(*args, **kwargs)
            finally:
                self.enter(before)

        return counted


def watch(clock: Clock) -> None:
    """Has gan_lab tell the clock how far it is: `fit` builds data, model, trainer and callbacks, in this order."""
    import torch
    from lightning import Trainer

    import gan_lab.build
    from gan_lab.training import run as train

    def building(config: Any, path: str, kind: Any) -> Any:
        clock.enter(PARTS.get(path.partition(".")[0], clock.part))
        return build(config, path, kind)

    def fitting(trainer: Trainer, model: Any, **options: Any) -> None:
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            own = clock.during(f"{type(callback).__name__} starts", callback.on_train_start)
            callback.on_train_start = own
        model.training_step = first_round(model.training_step)
        fit(trainer, model, **options)

    def first_round(step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def last(*args: Any, **kwargs: Any) -> None:
            clock.enter("first round")
            step(*args, **kwargs)
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            clock.enter("")
            print(json.dumps(clock.seconds), flush=True)
            os._exit(0)  # no second round, no last checkpoint

        return last

    build, fit = train.build, Trainer.fit
    train.build, Trainer.fit = building, fitting  # type: ignore[assignment,method-assign]
    # What a configuration names is imported when it is built: that is no work on data, model or callbacks.
    for module in (train, gan_lab.build):
        module.named_object = clock.during("other imports", module.named_object)  # type: ignore[attr-defined]


def main() -> None:
    clock = Clock(float(sys.argv[1]), "interpreter")
    sys.argv[:] = ["gan_lab", *sys.argv[2:]]
    clock.enter("hydra")
    from gan_lab import __main__ as command

    heavy_imports = command.heavy_imports

    @contextmanager
    def one_by_one() -> Iterator[None]:
        """The libraries first, so that each has its own seconds, then what the command imports."""
        clock.enter("import torch")  # with the base classes of torchmetrics
        with heavy_imports():
            for name in IMPORTS:
                clock.enter(f"import {name}")
                importlib.import_module(name)
            clock.enter("other imports")
            yield
        watch(clock)
        clock.enter("hydra")

    command.heavy_imports = one_by_one
    command.main()


if __name__ == "__main__":
    main()
