"""Measuring while training, and choosing the best checkpoint."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf, isfinite, isnan
from pathlib import Path
from typing import Annotated, Any, final

import torch
from lightning import LightningModule, Trainer
from torch import Tensor, nn
from tqdm import tqdm

from gan_lab.callback.base import Periodic, log
from gan_lab.callback.checkpoints import save_checkpoint
from gan_lab.distributed.ranks import maximum
from gan_lab.domains import NonNegativeInt, PositiveInt, at_least
from gan_lab.errors import NonFiniteError
from gan_lab.metric.base import Evaluator
from gan_lab.metric.interval import Interval, with_intervals
from gan_lab.metric.measures_page import measures_page
from gan_lab.model.average import Average
from gan_lab.model.generative import GenerativeModule
from gan_lab.noise import seed_of
from gan_lab.runs.atomic import write_text
from gan_lab.runs.checkpoint import read_checkpoint
from gan_lab.runs.run_folder import RunFolder
from gan_lab.sampler.base import Sampler
from gan_lab.terminal.bar import heading

UNDEFINED = {"data_copying"}
"""Measures that may have no value, which is NaN: here no cell may have enough samples."""

LEAST = 2
"""Evaluations of a run that is too short for more: in its middle and at its end."""


def evaluations_in(length: int, times: int, steps_apart: int) -> int:
    """Returns how often a run of so many generator steps is measured: `times` at most, and so seldom that evaluations
    are `steps_apart` or more from each other, but twice in any case where `times` allows it."""
    return min(times, max(LEAST, length // steps_apart))


def refuse_broken(broken: dict[str, bool], model: GenerativeModule) -> None:
    """Raises NonFiniteError naming the first thing that is not finite, and the step."""
    for name in (name for name, is_broken in broken.items() if is_broken):
        raise NonFiniteError(
            f"{name} is not finite at generator step {model.generator_steps}: the run stops, and the checkpoints stay "
            "as they were"
        )


@contextmanager
def holding(average: Average, weights: dict[str, Tensor]) -> Iterator[None]:
    """Lets the average have other weights in the block."""
    own = {name: value.clone() for name, value in average.state_dict().items()}
    average.load_state_dict(weights)
    try:
        yield
    finally:
        average.load_state_dict(own)


@final
class Evaluation(Periodic):
    """Measures samples of the averaged generator against validation data and saves the best one as `best.ckpt`.

    This happens `times` times during the run, including its end, with `n` samples, or as many as there are validation
    images if these are fewer; in a short run less often, see `evaluations_in`. What depends on real images alone is
    measured when it is first needed, so that training begins at once; the floor is measured at the end. The final
    measures are written to measures.md. The random numbers are the same each time, so that checkpoints are compared on
    the same latent codes. All ranks share the work, which does not affect the random numbers of training.
    """

    def __init__(
        self,
        *,
        run_dir: str,
        measure: Evaluator,
        sampler: Sampler,
        times: NonNegativeInt,
        n: Annotated[int, at_least(2)],
        steps_apart: PositiveInt = 1,
    ) -> None:
        if not sampler.follows_training:
            raise ValueError(
                f"sampler={sampler.name} needs trained weights: train with sampler=direct and measure it afterwards "
                f"with python -m gan_lab.evaluate checkpoint=RUN sampler={sampler.name}"
            )
        self.folder = RunFolder(Path(run_dir))
        self.path = self.folder.checkpoint("best")
        self.measure = measure
        self.sampler = sampler
        self.most = self.times = times
        self.steps_apart = steps_apart
        self.n = n
        self.best, self.best_step, self.latest_step = inf, 0, 0
        self.seconds = {"reference": 0.0, "while_training": 0.0, "final": 0.0}  # the time spent on measuring so far
        self.latest: dict[str, float] = {}
        self.results: dict[str, dict[str, float]] = {}
        self.intervals: dict[str, dict[str, Interval]] = {}

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, GenerativeModule)
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        if pl_module.run_length is not None:
            self.times = self.times_in(pl_module.run_length)
        with self.timed("reference"), heading(self.measure.reference_work):
            self.sampler.prepare(pl_module, data)
            self.measure.prepare(data, self.n, pl_module.seed, pl_module.device)
            warnings = self.measure.warnings()
        self.told: list[str] = []
        self.tell(trainer, [*self.measure.notes, *warnings])
        for logger in trainer.loggers:
            logger.log_hyperparams({"protocol": self.protocol()})

    def act(self, trainer: Trainer, model: GenerativeModule) -> None:
        with self.timed("reference"):
            self.measure.get_ready()
        with self.timed("while_training"), heading("measuring samples", leave=False):
            model.settle()
            self.latest = self.evaluate(model)
        self.latest_step = model.generator_steps
        log(trainer, model, self.latest)
        if self.latest[self.measure.monitor] < self.best:
            self.best, self.best_step = self.latest[self.measure.monitor], model.generator_steps
            save_checkpoint(trainer, model, self.path)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, GenerativeModule)
        if not pl_module.finished:
            return
        with self.timed("reference"), heading(self.measure.reference_work):
            floor = self.measure.floor()
            self.measure.get_ready(final=True)
        with self.timed("final"), heading("measuring the samples of the last and the best step"):
            pl_module.settle()
            last = self.evaluate(pl_module, final=True)
            self.intervals = {"best": self.measure.intervals, "last": self.measure.intervals}
            best = last
            if self.best_step != pl_module.generator_steps:
                best = self.evaluate_best(trainer, pl_module)
                self.intervals["best"] = self.measure.intervals if best else {}
            raw = self.evaluate_raw(pl_module)
        self.results = {"best": best, "last": last, "raw": raw, "floor": floor}
        self.tell(trainer, self.measure.notes)
        log(trainer, pl_module, last)
        if trainer.is_global_zero:
            write_text(
                self.folder.measures,
                measures_page(with_intervals(self.columns, self.intervals["best"]), self.protocol()),
            )

    def tell(self, trainer: Trainer, notes: list[str]) -> None:
        """Writes the notes that were not written before, on the first rank."""
        for note in notes if trainer.is_global_zero else []:
            if note not in self.told:
                tqdm.write(note)  # between the progress bar's lines
        self.told += notes

    @property
    def columns(self) -> dict[str, dict[str, float]]:
        """The final measures of the best and the last generator and of real training data, by the title of their
        column."""
        titles = {"best": f"best (step {self.best_step})", "last": f"last (step {self.last_step})"}
        titles |= {"raw": "last, not averaged", "floor": "real (floor)"}
        return {titles[row]: values for row, values in self.results.items() if values}

    def times_in(self, length: int) -> int:
        """Returns how often a run of so many generator steps is measured."""
        return evaluations_in(length, self.most, self.steps_apart)

    def evaluate(self, model: GenerativeModule, final: bool = False) -> dict[str, float]:
        """Returns the measures of the averaged generator; `final` adds the expensive ones. Every rank must call it."""
        random = torch.Generator(model.device).manual_seed(seed_of("evaluation", model.seed))
        drawn = self.sampler.sample(self.measure.n, random, rank=model.global_rank, world_size=model.world_size)
        broken = maximum((~drawn.x.isfinite()).any().int())
        refuse_broken({f"a sample of sampler={self.sampler.name}": bool(broken)}, model)
        self.measure.update(drawn.x, drawn.latent.component)
        # Devices may differ in the last digit, but all ranks must agree on which checkpoint is best.
        values = model.trainer.strategy.broadcast(self.measure.compute(final))
        named = {f"the measure {name}": isnan(value) for name, value in values.items() if name not in UNDEFINED}
        refuse_broken(
            named | {f"the measure {self.measure.monitor}": not isfinite(values[self.measure.monitor])}, model
        )
        return values

    def evaluate_best(self, trainer: Trainer, model: GenerativeModule) -> dict[str, float]:
        """Returns the measures of the averaged generator in best.ckpt, which temporarily replaces the last one."""
        if not self.best_step:
            return {}
        saved = {}
        if trainer.is_global_zero:
            saved = read_checkpoint(self.path)["state_dict"]
        saved = trainer.strategy.broadcast(saved)
        own = {name.removeprefix("average."): value for name, value in saved.items() if name.startswith("average.")}
        with holding(model.average, own):
            return self.evaluate(model, final=True)

    def evaluate_raw(self, model: GenerativeModule) -> dict[str, float]:
        """Returns the measures of the generator at this step, as if it were its own average; {} where it is."""
        if model.average.is_copy:
            return {}
        with holding(model.average, nn.ModuleDict({"networks": nn.ModuleDict(model.averaged())}).state_dict()):
            model.set_statistics()
            return self.evaluate(model)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Adds the seconds of the block to `seconds`."""
        start, self.measuring = time.perf_counter(), True
        try:
            yield
        finally:
            self.measuring = False
        self.seconds[what] += time.perf_counter() - start

    def protocol(self) -> dict[str, str | int | float]:
        """Returns everything that one must know to compare the measures with others."""
        sampler = {"sampler": self.sampler.name, **self.sampler.stated()}
        return self.measure.protocol() | sampler | {"samples": self.measure.n, "ema": True}

    def state_dict(self) -> dict[str, Any]:
        latest = {"latest": self.latest, "latest_step": self.latest_step}
        return {"best": self.best, "best_step": self.best_step, **latest, "seconds": self.seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.best, self.best_step = state_dict["best"], state_dict["best_step"]
        self.latest, self.seconds = state_dict["latest"], state_dict["seconds"]
        self.latest_step = state_dict.get("latest_step", 0)  # older checkpoints do not have it
