"""What a launcher tells a run's processes of each other, before there is a process group. Imports no torch.

Lightning, torchrun and SLURM number the processes of a node, and nodes; the first process of a node may have no number.
"""

import os
from importlib.util import find_spec

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode

from gan_lab.errors import GanLabError

SWEEP = "GAN_LAB_SWEEP"
"""The environment variable that tells workers which process is the sweep's: they may be that process themselves."""

EXTRAS = {"hydra_submitit_launcher": "slurm", "hydra_ray_launcher": "ray"}
"""What installs the launchers that not everybody has."""


def first() -> bool:
    """Whether this is the first process of its run."""
    return first_on_node() and not any(integer_variable(name) for name in ("NODE_RANK", "GROUP_RANK", "SLURM_PROCID"))


def first_on_node() -> bool:
    return not any(integer_variable(name) for name in ("LOCAL_RANK", "SLURM_LOCALID"))


def side_by_side() -> bool:
    """Whether a launcher or the user started several, none of which can tell the others what it found."""
    by_slurm = integer_variable("SLURM_STEP_NUM_TASKS") > 1
    return by_slurm or any(name in os.environ for name in ("LOCAL_RANK", "NODE_RANK", "GROUP_RANK"))


def quiet() -> bool:
    """Whether there shall be no progress bars. tqdm looks for the variable when it is imported, often too early."""
    return bool(os.environ.get("TQDM_DISABLE"))


def integer_variable(name: str) -> int:
    return int(os.environ.get(name, 0))


def refuse_folders_apart(num_nodes: int) -> None:
    """Raises GanLabError where each process of a run would make a folder of its own, since its name is the time."""
    hydra = HydraConfig.get()
    if num_nodes == 1 and not side_by_side():
        return
    if hydra.mode == RunMode.MULTIRUN:
        if hydra.runtime.choices["hydra/launcher"] != "submitit_slurm":
            raise GanLabError("jobs of a sweep on several nodes need hydra/launcher=submitit_slurm")
    elif not any(override.startswith("hydra.run.dir=") for override in hydra.overrides.hydra):
        raise GanLabError(
            "the processes of this run are started apart and need one folder: give all of them the same "
            "hydra.run.dir=FOLDER"
        )


def refuse_missing_launcher(target: str) -> None:
    """Raises GanLabError where the package of `hydra.launcher._target_` is not installed."""
    package = target.split(".")[1]
    if package in EXTRAS and find_spec(f"hydra_plugins.{package}") is None:
        raise GanLabError(f"this launcher is not installed: pip install 'gan_lab[{EXTRAS[package]}]'")
