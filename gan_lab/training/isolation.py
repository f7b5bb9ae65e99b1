"""Keeps the jobs of a multirun apart."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import cast

import torch.distributed as dist
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, open_dict, read_write

from gan_lab.distributed.environment import SWEEP, first_on_node
from gan_lab.distributed.parent import RUN, follow_parent, job_over, save_first
from gan_lab.distributed.ranks import grouped
from gan_lab.terminal.commands import quoted
from gan_lab.training.precision import CHOSEN

PROCESS_VARIABLES = ("LOCAL_RANK", "NODE_RANK", "MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", CHOSEN, RUN)
OF_THE_SWEEP = (
    "hydra.mode",
    "hydra.sweep",
    "hydra.launcher",
    "hydra.run.dir",
    "hydra/launcher",
    "hydra/sweeper",
)


@contextmanager
def isolated_job(resumed: bool = False) -> Iterator[None]:
    """Runs one job as if it were alone, and cleans up for the next one.

    Lightning starts its other processes with the module and command line of this process. In a multirun, these would
    start the whole sweep again, or a worker of the launcher. Inside the block they are those of this job alone, in its
    folder; for a `resumed` job, they resume it. Afterwards the process group, the environment variables that the job
    set and an open W&B run are removed.
    """
    hydra, config = HydraConfig.get(), cast(DictConfig, HydraConfig.instance().cfg)
    main = sys.modules["__main__"]
    arguments, spec, run_dir = sys.argv[:], main.__spec__, config.hydra.run.dir
    environment = {name: os.environ.get(name) for name in PROCESS_VARIABLES}
    try:
        main.__spec__ = find_spec("gan_lab.__main__")
        if first_on_node():
            os.environ[RUN] = str(os.getpid())
        if hydra.mode == RunMode.MULTIRUN:
            if os.environ.get(SWEEP) == str(os.getppid()) and hydra.runtime.choices["hydra/launcher"] == "joblib":
                job_over.clear()
                # Ray ends its workers itself; submitit's jobs are meant to outlive the command that submitted them.
                follow_parent(os.getppid(), save_first)
            own = [o for o in hydra.overrides.hydra if not o.lstrip("+~").startswith(OF_THE_SWEEP)]
            task = [f"resume={quoted(hydra.runtime.output_dir)}"] if resumed else hydra.overrides.task
            sys.argv = [sys.argv[0], *task, *own]
            set_run_dir(config, hydra.runtime.output_dir)
        yield
    except BaseException:
        finish_wandb(exit_code=1)
        raise
    finally:
        finish_wandb()
        if grouped():
            dist.destroy_process_group()
        sys.argv, main.__spec__ = arguments, spec
        set_run_dir(config, run_dir)
        for name, value in environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        job_over.set()


def finish_wandb(exit_code: int | None = None) -> None:
    """Ends the W&B run that is open, if there is one."""
    wandb = sys.modules.get("wandb")  # its import is slow, and if it was not imported, no run is open
    if wandb is not None and wandb.run is not None:
        wandb.finish(exit_code=exit_code)


def set_run_dir(config: DictConfig, path: str) -> None:
    with read_write(config.hydra), open_dict(config.hydra):
        config.hydra.run.dir = path
