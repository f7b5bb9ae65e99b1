"""Shared by grids and searches: a folder that the same command finds again, numbered jobs, a final report."""

import logging
import os
import traceback
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

from gan_lab.checks.training import check_training
from gan_lab.cli.command import no_empty_folder
from gan_lab.distributed.environment import SWEEP, refuse_missing_launcher
from gan_lab.distributed.interrupts import answered_by, leave
from gan_lab.errors import GanLabError, NoRoomError
from gan_lab.runs.jobs import Jobs, name_of
from gan_lab.runs.lock import only_process
from gan_lab.runs.overwriting import refuse_in_sweep
from gan_lab.runs.state import OVER, State, state
from gan_lab.sweep.sweep_progress import Progress
from gan_lab.terminal.commands import from_here, quoted, typed
from gan_lab.trust.links import refuse_traps


class Sweep(Sweeper):
    """Runs jobs with the chosen launcher, `max_batch_size` at a time, and continues where an earlier call stopped.

    `hydra.sweep.dir` is the folder that contains sweeps; if the command line sets it, it is the folder of this sweep.
    Finished jobs are not run again, and interrupted ones are resumed. Each job does this itself, from its folder
    (`gan_lab.runs.resume`), so that any launcher can be used. A job that fails does not stop the others.
    """

    config: DictConfig
    hydra_context: HydraContext
    launcher: Launcher
    kind: str
    failed = "the same command tries them again"

    def __init__(self, *, params: Mapping[str, str], max_batch_size: int | None) -> None:
        self.params = params
        self.max_batch_size = max_batch_size
        self.failures: dict[str, str] = {}  # not the errors: their tracebacks hold the models

    def setup(self, *, hydra_context: HydraContext, task_function: Callable[[Any], Any], config: DictConfig) -> None:
        os.environ[SWEEP] = str(os.getpid())
        self.config = config
        self.hydra_context = hydra_context
        own = config.hydra.overrides.hydra
        task = cast(list[str], OmegaConf.to_container(config.hydra.overrides.task))  # ${...} is each job's own
        folder = Path(config.hydra.sweep.dir)
        if not any(argument.startswith("hydra.sweep.dir=") for argument in own):
            folder /= name_of([*(f"{k}={v}" for k, v in self.params.items()), *task])
        self.folder = self.place(folder)
        if self.folder != Path(config.hydra.sweep.dir):
            others = without(config, "hydra.sweep.dir=")
            with read_write(config), open_dict(config):
                config.hydra.sweep.dir = str(self.folder)
                # for the jobs, which compose their own configuration
                config.hydra.overrides.hydra = [*others, f"hydra.sweep.dir={quoted(str(self.folder))}"]
        refuse_missing_launcher(config.hydra.launcher._target_)
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )
        refuse_traps(self.folder)
        self.command = typed("gan_lab", "-m", *task)

    def sweep(self, arguments: list[str]) -> None:
        """Runs the jobs of these arguments in the folder of the sweep. A second process waits until the first is done:
        it finds the jobs finished."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with no_empty_folder(self.folder), self.alone():
            self.jobs = Jobs(self.folder, self.kind, self.command)
            self.run(arguments)

    def place(self, folder: Path) -> Path:
        """Returns where the jobs lie: in the folder of the sweep."""
        return folder

    def alone(self) -> AbstractContextManager[object]:
        """Locks the folder of the jobs during a block."""
        return only_process(self.folder)

    @abstractmethod
    def run(self, arguments: list[str]) -> None:
        """Runs them."""

    def parsed(self, arguments: Sequence[str]) -> list[Override]:
        """Returns the overrides of the configuration followed by those of the command line."""
        texts = [*(f"{key}={value}" for key, value in self.params.items()), *arguments]
        return OverridesParser.create(config_loader=self.hydra_context.config_loader).parse_overrides(texts)

    def composed(self, number: int, overrides: Sequence[str]) -> DictConfig:
        """Returns the configuration of a job. Raises Hydra's errors for a wrong one, GanLabError for values that cannot
        be right and if the job is a sweep itself."""
        config = self.hydra_context.config_loader.load_sweep_config(self.config, [*overrides])
        with open_dict(config):
            config.hydra.job.num = config.hydra.job.id = number
            config.hydra.runtime.output_dir = str(self.folder)  # the launcher sets it, when it runs the job
        own, whole = config.hydra.sweeper, self.config.hydra.sweeper
        if any(own.get(name) and own.get(name) != whole.get(name) for name in ("params", "experiments")):
            name = config.hydra.runtime.choices["experiment"]
            raise GanLabError(f"experiment={name} is many runs itself: give it alone, experiment={name}")
        refuse_in_sweep(config.overwrite)
        check_training(config, overrides, search=self.kind == "search")
        return config

    def enter(self, overrides: Sequence[str]) -> int:
        """Returns the number of a job, a new number for a new job. Composes it first, so that mistakes show early."""
        number = self.jobs.number_of(overrides)
        config = self.composed(len(self.jobs) if number is None else number, overrides)
        if number is not None:
            return number
        hydra = HydraConfig.instance()
        before, hydra.cfg = hydra.cfg, cast(Any, config)
        try:
            return self.jobs.add(str(OmegaConf.select(config, "hydra.sweep.subdir")), overrides)
        finally:
            hydra.cfg = before

    def launch(self, numbers: Sequence[int], progress: Progress) -> None:
        """Runs the jobs with these numbers. Launchers number jobs without gaps, so that a gap ends a batch."""
        if self.one_process:
            logging.getLogger(type(self.launcher).__module__).addFilter(lambda record: "Launching" not in record.msg)
        self.jobs.save()
        for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
            run = [number for _, number in group]
            size = self.max_batch_size or (
                1 if self.one_process else len(run)
            )  # the launcher keeps what a batch returns
            for batch in (run[first : first + size] for first in range(0, len(run), size)):
                overrides = [self.jobs.record["jobs"][number]["overrides"] for number in batch]
                try:
                    with nullcontext() if self.one_process else answered_by(leave):
                        returns = self.launcher.launch(overrides, initial_job_idx=batch[0])
                    self.note(batch, returns)
                except NoRoomError:  # no other job could write either
                    raise
                except Exception as error:  # a worker died, but it is not known which
                    over = [folder for folder in self.jobs.folders(batch) if state(folder).status in OVER]
                    self.failures |= {f.name: str(error) for f in self.jobs.folders(batch) if f not in over}
                progress.look()

    @property
    def one_process(self) -> bool:
        """Whether the jobs run in this process. In processes of their own they see to themselves when a signal ends
        this one: a launcher would end them before they have saved."""
        return bool(self.config.hydra.runtime.choices["hydra/launcher"] == "basic")

    def note(self, numbers: Sequence[int], returns: Sequence[JobReturn]) -> None:
        """Records which jobs failed, and prints the traceback of errors that are not mistakes of the user. Raises
        NoRoomError where one could not write: it has not failed, but waits for room."""
        for folder, returned in zip(self.jobs.folders(numbers), returns, strict=True):
            if returned.status is JobStatus.FAILED:
                error = cast(BaseException, returned._return_value)
                if isinstance(error, NoRoomError):
                    raise error
                self.failures[folder.name] = str(error)
                if not isinstance(error, GanLabError):
                    traceback.print_exception(error)

    def conclude(self, numbers: Sequence[int]) -> None:
        """Compares the runs. Raises GanLabError if a job failed."""
        from gan_lab.compare.run import write  # a slow import, so only when it is needed

        folders = self.jobs.folders(numbers)
        if any(state(folder).status in OVER for folder in folders):
            write([folder for folder in folders if folder.is_dir()], self.folder)
        self.refuse_failures(numbers)

    def refuse_failures(self, numbers: Sequence[int]) -> None:
        """Raises GanLabError if a job failed, in this call or an earlier one."""
        states = {folder.name: state(folder) for folder in self.jobs.folders(numbers)}
        earlier = {name: found.reason for name, found in states.items() if found.status == "failed"}
        failures = {name: why for name, why in (earlier | self.failures).items() if not self.is_result(states[name])}
        if failures:
            listed = "".join(f"\n  {name}: {error}" for name, error in failures.items())
            raise GanLabError(f"{len(failures)} of {len(numbers)} runs failed; {self.failed}{listed}")

    def is_result(self, found: State) -> bool:
        """Returns whether a job that failed has told what was asked."""
        return False

    def seen(self, folder: Path) -> State:
        """Returns the state of a job. One that was refused has no summary yet."""
        return State("failed") if folder.name in self.failures else state(folder)

    def progress(self, total: int) -> Progress:
        progress = Progress(total, self.seen)
        print(f"sweep: {total} runs in {from_here(self.folder)}; if it is stopped, the same command continues it")
        return progress


def without(config: DictConfig, start: str) -> list[str]:
    """Returns Hydra's own words of the command line but for those that start so."""
    words = cast(list[str], OmegaConf.to_container(config.hydra.overrides.hydra, resolve=False))
    return [word for word in words if not word.startswith(start)]
