"""Reads what a launcher tells processes about each other, before there is a process group. Imports no torch.

Lightning, torchrun and SLURM number nodes and the processes on a node; the first process of a node may have no number.
"""

import os
from importlib.util import find_spec

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode

from gan_lab.errors import GanLabError

SWEEP = "GAN_LAB_SWEEP"
"""The environment variable that tells workers which process runs the sweep; it may be their own."""

EXTRAS = {"hydra_submitit_launcher": "slurm", "hydra_ray_launcher": "ray"}
"""The extra of gan_lab that installs each optional launcher."""


def first() -> bool:
    """Returns whether this is the first process of its run."""
    return first_on_node() and not any(integer_variable(name) for name in ("NODE_RANK", "GROUP_RANK", "SLURM_PROCID"))


def first_on_node() -> bool:
    return not any(integer_variable(name) for name in ("LOCAL_RANK", "SLURM_LOCALID"))


def side_by_side() -> bool:
    """Returns whether a launcher or the user started several processes, which cannot inform each other."""
    by_slurm = integer_variable("SLURM_STEP_NUM_TASKS") > 1
    return by_slurm or any(name in os.environ for name in ("LOCAL_RANK", "NODE_RANK", "GROUP_RANK"))


def one_of_many() -> bool:
    """Returns whether this process runs a job of a multirun, which says little."""
    return HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN


def quiet() -> bool:
    """Returns whether progress bars are disabled. tqdm itself reads the variable on import, which is often too
    early."""
    return bool(os.environ.get("TQDM_DISABLE"))


def integer_variable(name: str) -> int:
    """Returns the value of an environment variable, 0 where it is not set."""
    return int(os.environ.get(name, 0))


def refuse_folders_apart(num_nodes: int) -> None:
    """Raises GanLabError where each process of a run would create its own folder, because the name is the time."""
    hydra = HydraConfig.get()
    if num_nodes == 1 and not side_by_side():
        return
    if hydra.mode == RunMode.MULTIRUN:
        if hydra.runtime.choices["hydra/launcher"] != "submitit_slurm":
            raise GanLabError("a sweep whose jobs run on several nodes needs hydra/launcher=submitit_slurm")
    elif not any(override.startswith("hydra.run.dir=") for override in hydra.overrides.hydra):
        raise GanLabError(
            "the processes of this run are started separately and need the same folder: give each of them the same "
            "hydra.run.dir=FOLDER"
        )


def refuse_missing_launcher(target: str) -> None:
    """Raises GanLabError where the package of `hydra.launcher._target_` is not installed."""
    package = target.split(".")[1]
    if package in EXTRAS and find_spec(f"hydra_plugins.{package}") is None:
        install = f"pip install '.[{EXTRAS[package]}]'"
        raise GanLabError(f"this launcher is not installed: {install} in the folder of the source")
