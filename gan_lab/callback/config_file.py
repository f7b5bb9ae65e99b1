"""config.yaml: the resolved configuration of a run."""

from pathlib import Path
from typing import Any, final

from lightning import Callback, LightningModule, Trainer
from omegaconf import OmegaConf

from gan_lab.runs.atomic import write_text


@final
class ConfigFile(Callback):
    """Writes the resolved configuration after it has been checked, and adds it to every checkpoint.

    `resume` uses it, and it rebuilds the model of a checkpoint that was moved elsewhere.
    """

    def __init__(self, config: dict[str, Any], path: Path) -> None:
        self.config = config
        self.path = path

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.is_global_zero:
            write_text(self.path, OmegaConf.to_yaml(OmegaConf.create(self.config)))

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        checkpoint["config"] = self.config
