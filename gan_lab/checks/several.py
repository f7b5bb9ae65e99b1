"""The options of sweepers and launchers with the values that they may have. Imports no torch."""

import re
from typing import Annotated, Any, Literal

from omegaconf import DictConfig, OmegaConf

from gan_lab.config.plain_values import plain
from gan_lab.domains import Domain, NonNegative, NonNegativeInt, Positive, PositiveInt, conform
from gan_lab.errors import GanLabError

Workers = Annotated[int, Domain("a whole number other than 0, or -1 for one job per core", lambda value: value != 0)]
Dispatched = Annotated[
    str,
    Domain(
        "all, n_jobs, 2*n_jobs or a whole number of 1 or more",
        lambda value: re.fullmatch(r"all|([1-9]\d{0,8} ?\* ?)?n_jobs|[1-9]\d{0,8}", value) is not None,
    ),
]
Batch = Annotated[
    str,
    Domain("auto or a whole number of 1 or more", lambda value: re.fullmatch(r"auto|[1-9]\d{0,8}", value) is not None),
]
OptunaSampler = Annotated[
    str,
    Domain(
        "a sampler of Optuna, such as optuna.samplers.TPESampler",
        lambda value: re.fullmatch(r"optuna\.samplers\.\w+Sampler", value) is not None,
    ),
]
SWEEPER: dict[str, Any] = {"max_batch_size": PositiveInt | None, "params": dict[str, Any]}
SUBMITIT: dict[str, Any] = {
    **dict.fromkeys(("timeout_min", "tasks_per_node", "nodes"), PositiveInt),
    **{"gpus_per_node": NonNegativeInt | None, "cpus_per_task": PositiveInt | None, "mem_gb": Positive | None},
}
SLURM: dict[str, Any] = SUBMITIT | {
    **{"array_parallelism": PositiveInt, "gpus_per_task": NonNegativeInt | None, "cpus_per_gpu": PositiveInt | None},
    **dict.fromkeys(("signal_delay_s", "max_num_timeout"), NonNegativeInt),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "hydra_plugins.gan_lab_sweepers.Grid": SWEEPER | {"experiments": list[str] | None},
    "hydra_plugins.gan_lab_sweepers.Study": SWEEPER | {"methods_at_once": PositiveInt | None},
    "hydra_plugins.gan_lab_sweepers.Search": SWEEPER
    | {"n_trials": PositiveInt, "storage": str | None, "patience": Positive}
    | {"seed": NonNegativeInt, "sampler": dict[str, Any], "sampler._target_": OptunaSampler},
    "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher": {
        **{"n_jobs": Workers, "pre_dispatch": Dispatched, "batch_size": Batch},
        **{"verbose": NonNegativeInt, "timeout": Positive | None, "backend": Literal["loky"] | None},
        **{"prefer": Literal["processes"] | None, "require": None},
    },
    "hydra_plugins.hydra_submitit_launcher.submitit_launcher.LocalLauncher": SUBMITIT,
    "hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher": SLURM,
    "hydra_plugins.hydra_ray_launcher.ray_launcher.RayLauncher": {
        **{"ray.init.num_cpus": PositiveInt | None, "ray.init.include_dashboard": bool | None},
        **{"ray.remote.num_cpus": NonNegative | None, "ray.remote.num_gpus": NonNegative | None},
    },
}

ABSENT = object()


def refuse_wrong_options(hydra: DictConfig) -> None:
    """Raises GanLabError for an option of the sweeper or of the launcher that would fail late, when the jobs start."""
    for part in ("sweeper", "launcher"):
        config = hydra[part]
        if not isinstance(config, DictConfig) or "_target_" not in config:
            raise GanLabError(
                f"hydra.{part} has no _target_: hydra/{part}=NAME chooses one, and options are its own keys"
            )
        for name, hint in OPTIONS.get(config["_target_"], {}).items():
            value = OmegaConf.select(config, name, default=ABSENT)
            if value is not ABSENT:
                conform(plain(value), hint, f"hydra.{part}.{name}")
