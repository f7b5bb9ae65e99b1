"""A study: random trials of every method with the same budget, and the best settings again with other seeds."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hydra.errors import MissingConfigException
from omegaconf import DictConfig, OmegaConf

from gan_lab.config.plain_values import as_hydra_config, plain
from gan_lab.domains import PositiveInt, conform
from gan_lab.errors import GanLabError
from gan_lab.runs.state import State, state
from gan_lab.study.cost_file import Costs, cost_line
from gan_lab.study.protocol import Method, Protocol
from gan_lab.study.study_record import ON_TEST, StudyRecord, on_test, result
from gan_lab.study.trial import Trial, best_of, diverged, over
from gan_lab.sweep.base import Sweep
from gan_lab.sweep.sweep_progress import Progress
from gan_lab.terminal.commands import from_here, key_of, quoted

OF_STUDY = ("study.", "experiment=", "sweep=")
"""How the words of the command line start that are the study's own, and no training's."""
WATCHING = ("logger=", "loggers.")
"""How words start that change nothing of a training."""
OF_TRIALS = ("model", "seed", "generator_steps", "epochs")
"""What a study chooses for each training, besides the settings that it draws."""
PAGE = "study.md"
SECONDS_A_ROUND = 0.02
"""A round of model=gan with the networks of a study on one core with nothing else to do."""


class StudySweep(Sweep):
    """Runs the trials and the finals of `study` in the configuration (`Protocol`).

    `methods_at_once` methods get their trials, and then their finals, before the next ones begin, so that a study that
    is stopped has whole methods; null gives the launcher the trials of all methods at once. A trial that diverges has
    ended, and is a result. Whatever ends the command, the study so far is written into its folder.
    """

    kind = "study"

    def __init__(self, *, params: Mapping[str, str], max_batch_size: int | None, methods_at_once: int | None) -> None:
        super().__init__(params=params, max_batch_size=max_batch_size)
        self.methods_at_once = conform(methods_at_once, PositiveInt | None, "hydra.sweeper.methods_at_once")
        self.unmeasured: list[Path] = []

    def run(self, arguments: list[str]) -> None:
        self.protocol = Protocol.of(plain(OmegaConf.select(self.config, "study")))
        self.common = [word for word in arguments if not word.lstrip("+~").startswith(OF_STUDY)]
        self.shipped = {word.lstrip("+~") for word in arguments} == {"experiment=study"}
        self.refuse(OF_TRIALS)
        self.changed = [word for word in self.common if not word.lstrip("+~").startswith(WATCHING)]
        self.record = StudyRecord(self.folder, self.protocol, self.changed)
        trials = self.with_lengths([trial for method in self.protocol.methods for trial in self.trials(method)])
        total = len(trials) + len(self.protocol.methods) * self.protocol.finals
        self.announce(total)
        progress = self.progress(total)
        progress.start()
        size = self.methods_at_once or len(self.protocol.methods)
        try:
            for first in range(0, len(self.protocol.methods), size):
                group = [
                    [trial for trial in trials if trial.method == method]
                    for method in self.protocol.methods[first : first + size]
                ]
                self.play([trial for own in group for trial in own], progress)
                self.play([final for own in group for final in self.finals(own)], progress)
        finally:
            progress.end()
            self.record.write()
        self.tell()
        self.refuse_failures(range(len(self.jobs)))
        if self.unmeasured:
            raise GanLabError(f"{from_here(self.unmeasured[0])} could not be measured on the test images, see above")

    def trials(self, method: Method) -> Iterator[Trial]:
        """Yields the trials of a method, without their lengths. Raises GanLabError for ranges that are none, or that
        have values which cannot be right."""
        from gan_lab.study.trial_draws import drawn, space_of
        from gan_lab.sweep.space import corners

        own = Trial.of(method, self.protocol)
        try:
            config = self.composed(0, [*own.overrides, *self.common])
        except MissingConfigException as error:
            raise GanLabError(f"study.methods names {method.name}, and something of it is missing: {error}") from error
        given = {*map(key_of, (*method.words, *own.fixed))}
        possible = self.protocol.ranges(method, plain(OmegaConf.select(config, "search")) or {})
        ranges = {key: text for key, text in possible.items() if key not in given}
        self.refuse(ranges)
        self.record.ranges[method] = ranges
        self.record.labelled[method] = "num_classes" in (OmegaConf.select(config, "model.loss") or {})
        space = space_of(ranges)
        for corner in () if self.shipped else corners(space):  # a minute for all methods, and a test has done it
            self.composed(0, [*own.overrides, *corner, *self.common])
        for seed in self.protocol.seeds():
            settings = tuple(drawn(space, method.name, seed))
            yield replace(own, seed=seed, settings=settings, measured=tuple(fid_alone(config)))

    def refuse(self, chosen: Iterable[str]) -> None:
        """Raises GanLabError where the command line sets for all trainings what the study chooses for each."""
        if taken := {*chosen} & {*map(key_of, self.common)}:
            raise GanLabError(
                f"a study chooses {min(taken)} for each training, from study.seed, study.rounds, study.methods and "
                "study.space"
            )

    def with_lengths(self, trials: Sequence[Trial]) -> list[Trial]:
        """Returns the trials with the generator steps that they have in the time of the protocol's rounds. Measures the
        costs that are not known."""
        costs = Costs(self.folder, self.changed)
        lines = [cost_line(trial, self.protocol.costly) for trial in trials]
        costs.measure(lines, self.parts)
        rounds = self.protocol.rounds
        return [
            replace(trial, steps=max(1, round(rounds / costs.of(line))))
            for trial, line in zip(trials, lines, strict=True)
        ]

    def parts(self, *words: str) -> dict[str, Any]:
        """Returns the data and the model of a command line, as values."""
        config = self.composed(0, words)
        with as_hydra_config(config):
            return {key: plain(config[key]) for key in ("data", "model")}

    def announce(self, total: int) -> None:
        """Says how long it will take."""
        minutes = self.protocol.rounds * SECONDS_A_ROUND / 60
        print(
            f"study: {len(self.protocol.methods)} methods, {total} trainings as long as {self.protocol.rounds:,} "
            f"rounds of model=gan: with the networks of experiment=study some {minutes:.1f} minutes each on one core, "
            f"and {total * minutes / 60:.1f} hours of one core in all, besides measuring"
        )

    def finals(self, trials: Sequence[Trial]) -> list[Trial]:
        """Returns the trainings with the best settings of a method; none while trials are left, or if all failed."""
        if not all(over(self.state_of(trial)) for trial in trials):
            return []
        best = best_of([result(self.place_of(trial), trial)["fid"] for trial in trials])
        if best is None:
            return []
        return [replace(trials[best], seed=seed, final=True) for seed in self.protocol.seeds(finals=True)]

    def play(self, trials: Sequence[Trial], progress: Progress) -> None:
        """Runs the trials that are not over, and measures finals on the test images."""
        numbers = [self.number(trial) for trial in trials]
        for trial, folder in zip(trials, self.jobs.folders(numbers), strict=True):
            self.record.add(trial, folder.name)
        progress.folders = self.jobs.folders(range(len(self.jobs)))
        left = [number for number, trial in zip(numbers, trials, strict=True) if not over(self.state_of(trial))]
        if left:
            self.launch(sorted(left), progress)
        for trial in trials:
            if trial.final:
                self.measure(trial)
        self.record.write()

    def number(self, trial: Trial) -> int:
        """Returns the number of a trial's job, a new number for a new one."""
        words = [*trial.overrides, *self.common]
        known = self.jobs.number_of(words)
        return self.enter(words) if known is None else known

    def measure(self, final: Trial) -> None:
        """Measures a final that has ended on the test images, once. It is the generator of its last step."""
        run = self.place_of(final)
        if state(run).status == "finished" and not on_test(run):
            words = (f"checkpoint={quoted(str(run))}", "which=last", f"hydra.run.dir={quoted(str(run / ON_TEST))}")
            subprocess.run([sys.executable, "-m", "gan_lab.evaluate", *words], check=False)
            if not on_test(run):
                self.unmeasured.append(run)

    def tell(self) -> None:
        """Writes the page of the study, with the methods that are committed where the protocol is the same."""
        from gan_lab.study.study_results import committed, read_study
        from gan_lab.study.written_page import write_page

        study = read_study(self.folder)
        write_page(study.beside(committed()), self.folder / PAGE)
        if study.methods:
            print(f"study: {from_here(self.folder / PAGE)}")

    def place_of(self, trial: Trial) -> Any:
        (folder,) = self.jobs.folders([self.number(trial)])
        return folder

    def state_of(self, trial: Trial) -> State:
        return state(self.place_of(trial))

    def seen(self, folder: Path) -> State:
        found = state(folder)
        return replace(found, status="diverged") if diverged(found) else super().seen(folder)

    def is_result(self, found: State) -> bool:
        return diverged(found)


def fid_alone(config: DictConfig) -> list[str]:
    """Returns the overrides that leave FID alone of what is measured, none where the measures are of another kind."""
    metrics = OmegaConf.select(config, "metric.metrics") or {}
    if "frechet" not in metrics:
        return []
    return [f"~metric.metrics.{name}" for name in metrics if name != "frechet"] + ["metric.while_training=[frechet]"]
