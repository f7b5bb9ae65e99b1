"""What a round of a method costs, in rounds of `model=gan` with the same networks, measured."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

import torch
from lightning import Callback, Trainer
from tqdm import tqdm

from gan_lab.build import build

Compose = Callable[..., Mapping[str, Any]]
REFERENCE = "model=gan"
WARMING, ROUNDS, REPEATS = 8, 32, 3
"""Rounds before the clock runs, those that it counts, among which are two of each lazy penalty, and passes."""


class Clock(Callback):
    """The mean time of a round after the first ones, in milliseconds: of all threads of the process on a CPU, which
    other processes hardly change; otherwise of the wall. Rounds before the generator's first step do not count, such as
    those of EBGAN's pre-training, which are cheaper."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_train_batch_end(self, trainer: Trainer, module: Any, *_: Any) -> None:
        if module.generator_steps:
            self.ends.append(self.now())

    @property
    def milliseconds(self) -> float:
        return 1000 * (self.ends[-1] - self.ends[WARMING - 1]) / (len(self.ends) - WARMING)

    @staticmethod
    def now() -> float:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
            return time.perf_counter()
        return time.process_time()


def milliseconds(config: Mapping[str, Any]) -> float:
    """Returns the time of a round of a configuration, without measures and files."""
    data, model = build(config["data"], "data"), build(config["model"], "model")
    data.setup()
    clock = Clock()
    model.run_length = WARMING + ROUNDS
    Trainer(
        max_epochs=-1,
        callbacks=[clock],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    ).fit(model, datamodule=data)
    return clock.milliseconds


def costs(lines: Iterable[str], common: Sequence[str], compose: Compose) -> dict[str, float]:
    """Returns the cost of a round of each command line, in rounds of `REFERENCE`: the median over passes, in each of
    which both are timed one after the other. `common` is what all command lines begin with, and `compose` makes the
    `data` and the `model` of one."""
    found = {}
    for line in tqdm([*lines], "timing methods"):
        pairs = [
            [milliseconds(compose(*common, *words.split())) for words in (line, REFERENCE)] for _ in range(REPEATS)
        ]
        found[line] = round(median(own / reference for own, reference in pairs), 3)
    return found
