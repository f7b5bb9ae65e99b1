"""python -m gan_lab: composes a configuration and trains what it describes. Imports torch only for training."""

import sys
from pathlib import Path
from typing import Any, cast

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from gan_lab.checks.length import check_length
from gan_lab.checks.objects import check_objects
from gan_lab.checks.trainer_options import refuse_devices
from gan_lab.checks.training import check_training
from gan_lab.cli.arguments import Command
from gan_lab.cli.command import (
    check_shown,
    heavy_imports,
    no_empty_folder,
    overrides_as_typed,
    plain_errors,
    requested,
    run_command,
)
from gan_lab.distributed.environment import first_on_node
from gan_lab.errors import GanLabError
from gan_lab.runs import resume
from gan_lab.runs.overwriting import refuse_overwriting
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import quoted
from gan_lab.trust.targets import CONF_DIR

COMMAND = Command("gan_lab", "config")


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="config")
def run(config: DictConfig) -> float | None:
    with plain_errors():
        return train_checked(config)
    return None


def train_checked(config: DictConfig) -> float | None:
    """Trains what the configuration describes, once it has been checked, and returns the best value of its monitored
    measure. Hydra's own part is that of the running job. Raises GanLabError for a user's mistake."""
    with no_empty_folder(config.run_dir):
        refuse_many(config)
        refuse_mistakes(config)
        if before := resume.over(config):
            print(f"{config.run_dir}: {before.status} before, not run again")
            return before.best
        with heavy_imports():
            from gan_lab.training.run import train

        return train(config)


def refuse_many(config: DictConfig) -> None:
    """Raises GanLabError if an experiment that consists of several runs would be trained as one. A search without its
    callback `pruning` is the run that its trials are variations of."""
    hydra = HydraConfig.get()
    name = hydra.runtime.choices.get("experiment")
    varied = hydra.sweeper.get("experiments") or hydra.sweeper.get("params")
    of_kind = {"study": True, "search": "pruning" in config.callbacks}.get(hydra.runtime.choices["sweep"], False)
    if hydra.mode != RunMode.MULTIRUN and name is not None and (varied or of_kind):
        raise GanLabError(f"experiment={name} is several runs: start it with python -m gan_lab -m experiment={name}")


def refuse_mistakes(config: DictConfig) -> None:
    """Raises GanLabError for a configuration that cannot be right.

    A sweep has checked those of its jobs, and the first process of a run that of all.
    """
    if HydraConfig.get().mode == RunMode.MULTIRUN or not first_on_node():
        return
    given = overrides_as_typed()
    if config.resume:
        run_dir, _ = resume.locate(config.resume)
        saved = cast(Any, resume.saved_config(run_dir, given))
        check_length(saved, given)
        resume.refuse_finished(run_dir, saved)
        check_objects(saved["trainer"], "trainer", str)
        refuse_devices(saved["trainer"])
    else:
        check_training(config, given)
        refuse_overwriting(RunFolder(Path(config.run_dir)), config.overwrite)


def start() -> None:
    """Starts Hydra; for a resumed run, in the folder of that run."""
    path = requested("resume", sys.argv[1:])
    if path is None:
        check_shown(COMMAND, check_training)
    else:
        run_dir, _ = resume.locate(path)
        # Before Hydra, which would say of an option of the saved model that the default one does not have it.
        own = [word for word in sys.argv[1:] if "=" in word and not word.startswith(("-", "~", "hydra"))]
        resume.refuse_changes(RunFolder(run_dir).read_config(), own)
        sys.argv.append(f"hydra.run.dir={quoted(str(run_dir))}")
    run()


def main() -> None:
    """Trains as the command line says; a user's mistake ends the command with one sentence."""
    run_command(start, COMMAND)


if __name__ == "__main__":
    main()
