"""Training from a program or a notebook. Imports torch only to train."""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf, open_dict

from gan_lab.__main__ import COMMAND, train_checked
from gan_lab.checks.trainer_options import refuse_devices
from gan_lab.cli.command import heavy_imports
from gan_lab.cli.diagnosis import of_a_value
from gan_lab.config.plain_values import as_hydra_config, plain
from gan_lab.errors import GanLabError
from gan_lab.library.trained_run import Run
from gan_lab.library.words import as_mistakes, composed, words_of
from gan_lab.runs import resume
from gan_lab.terminal.commands import typed
from gan_lab.trust.lenient import mapping


def fit(*overrides: str, **options: Any) -> Run:
    """Trains what `python -m gan_lab` trains with the same words, to the same bits, and returns the finished run.

    `overrides` are the command's own words ("model=wgan_gp", "optimizer.lr=1e-4"), `options` the same without dots
    (epochs=1, seed=2, resume="outputs/..."). Lengths are in epochs or generator_steps. The run folder is outputs/MODEL/
    DATE_TIME in the current folder, or that of "hydra.run.dir=FOLDER". It trains in this process: random numbers,
    warnings and signals of the process are afterwards as they were. Raises GanLabError with the command's sentence for
    what cannot be trained, before anything is, and KeyboardInterrupt where it is interrupted, having saved a checkpoint
    from which resume= goes on.

    Example:

        run = gan_lab.fit(
            "model=gan", "data=ring", "hydra.run.dir=outputs/example", "metric.emd_points=50",
            "callbacks.evaluation.n=100", generator_steps=3,
        )
        assert run.status == "finished"
    """
    words = words_of(overrides, options)
    config, words = composed(COMMAND, words)
    with as_mistakes(of_a_value), as_hydra_config(config):
        folder = place_of(config)
        refuse_several(config, words)
        task = deepcopy(config)
        with open_dict(task):
            del task["hydra"]
        with process_as_before():
            folder.mkdir(parents=True, exist_ok=True)  # as Hydra does; a training that is refused leaves none behind
            try:
                train_checked(task)
            except SystemExit as ending:
                raise KeyboardInterrupt(
                    f"the run was interrupted: gan_lab.fit(resume={str(folder)!r}) goes on"
                ) from ending
    return Run(folder)


def place_of(config: DictConfig) -> Path:
    """Returns the folder of the run, and sets it as Hydra does. Raises GanLabError where there is none to resume."""
    wanted = resume.locate(config.resume)[0] if config.resume else OmegaConf.select(config, "hydra.run.dir")
    folder = Path(os.path.abspath(wanted))
    with open_dict(config):
        config.hydra.runtime.output_dir = config.hydra.run.dir = str(folder)
    return folder


def refuse_several(config: DictConfig, words: Sequence[str]) -> None:
    """Raises GanLabError for a run of several processes, which would begin this program again."""
    saved = mapping(resume.saved_config(resume.locate(config.resume)[0], ()).get("trainer")) if config.resume else {}
    if max(refuse_devices(plain(config.trainer)), refuse_devices({**plain(config.trainer), **saved})) > 1:
        raise GanLabError(f"fit trains in one process; several are started by {typed('gan_lab', *words)}")


@contextmanager
def process_as_before() -> Iterator[None]:
    """Restores what a training sets for its whole process: random numbers, determinism and filters of warnings."""
    with heavy_imports():
        import torch
    deterministic = torch.are_deterministic_algorithms_enabled()
    devices = range(torch.cuda.device_count())
    with warnings.catch_warnings(), torch.random.fork_rng(devices):
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(deterministic)
