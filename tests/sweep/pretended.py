"""Sweeps whose trainings take no time."""

import json
import time
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.cli.command import run_command
from gan_lab.errors import GanLabError
from gan_lab.trust.targets import CONF_DIR

REASON = "the term broken is not finite"


def value_of(config: DictConfig) -> float:
    """What a training with this learning rate reaches."""
    return 5.0 + 1000 * float(config.optimizer.lr)


def pretended_sweep(seconds: float = 0.0) -> list[dict[str, Any]]:
    """Runs the sweep of `sys.argv`, as python -m gan_lab does, and returns its jobs. A training takes so many
    seconds; it fails with a learning rate above 1 and is pruned with one above 0.1."""
    ran = []

    @hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="config")
    def train(config: DictConfig) -> float | None:
        folder = Path(config.run_dir)
        ran.append(
            {
                **{"number": HydraConfig.get().job.num, "folder": folder.name, "seed": config.seed},
                **{"lr": config.optimizer.lr, "n_critic": config.model.n_critic, "variant": config.variant},
            }
        )
        lr = float(config.optimizer.lr)
        status = "failed" if lr > 1 else "pruned" if lr > 0.1 else "finished"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "started").open("a") as file:
            file.write("once\n")
        time.sleep(seconds)
        OmegaConf.save(OmegaConf.create(OmegaConf.to_container(config, resolve=True)), folder / "config.yaml")
        (folder / "metrics.csv").write_text(f"generator_steps,fid\n4,{value_of(config)}\n")
        summary = {"status": status, "generator_steps": 4, "length": 4, "reason": REASON * (status == "failed")}
        if status == "finished":
            summary["measures"] = {key: {"fid": value_of(config)} for key in ("best", "last")}
        (folder / "summary.json").write_text(json.dumps(summary))
        if status == "failed":
            raise GanLabError(REASON)
        return value_of(config) if status == "finished" else None

    run_command(train)
    return ran
