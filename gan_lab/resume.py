"""Finding an interrupted run. Imports no torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from omegaconf import DictConfig, OmegaConf

from gan_lab.errors import GanLabError

LENGTHS = ("epochs", "generator_steps")
MAY_CHANGE = (*LENGTHS, "trainer.devices", "trainer.accelerator")


def locate(path: str) -> tuple[Path, Path]:
    """The run folder and the checkpoint that a run folder or a checkpoint stands for.

    Raises GanLabError where there is none.
    """
    given = Path(path).absolute()
    checkpoint = given / "checkpoints" / "last.ckpt" if given.is_dir() else given
    run_dir = checkpoint.parent.parent
    if not checkpoint.is_file():
        raise GanLabError(f"nothing to resume: there is no checkpoint at {checkpoint}")
    if not (run_dir / "config.yaml").is_file():
        raise GanLabError(f"{checkpoint} does not lie in a run folder: {run_dir / 'config.yaml'} is missing")
    return run_dir, checkpoint


def saved_config(run_dir: Path, overrides: Sequence[str]) -> DictConfig:
    """The run's own resolved configuration, with a new length or other devices where these were given.

    A folder that was moved is followed. Raises GanLabError for any other value: that would be another run.
    """
    text = (run_dir / "config.yaml").read_text()
    was = OmegaConf.create(text).run_dir
    config = cast(DictConfig, OmegaConf.create(text.replace(was, str(run_dir))))
    for override in overrides:
        key, _, value = override.lstrip("+").partition("=")
        if key == "resume":
            continue
        if key not in MAY_CHANGE:
            raise GanLabError(f"{override} cannot change in a resumed run: only {', '.join(MAY_CHANGE)} can")
        if key in LENGTHS:
            config.update(dict.fromkeys(LENGTHS))
        OmegaConf.update(config, key, OmegaConf.from_dotlist([f"value={value}"]).value)
    return config
