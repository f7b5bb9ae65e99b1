"""Finding an interrupted run. Imports no torch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf, open_dict

from gan_lab.errors import GanLabError


def requested(arguments: Sequence[str]) -> str | None:
    """The PATH of `resume=PATH` on the command line."""
    found = [argument.partition("=")[2] for argument in arguments if argument.startswith("resume=")]
    return None if not found or found[-1] in ("", "null") else found[-1].strip("'\"")


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


def saved_config(run_dir: Path, groups: Mapping[str, Any], overrides: Sequence[str]) -> DictConfig:
    """The run's own resolved configuration, with the single values that were given anew (`epochs=40`).

    Raises GanLabError for a whole group (`model=gan`): that would be another run.
    """
    config = OmegaConf.load(run_dir / "config.yaml")
    assert isinstance(config, DictConfig)
    for override in overrides:
        key, _, value = override.lstrip("+").partition("=")
        if key == "resume":
            continue
        if key in groups or OmegaConf.select(config, key, default="absent") == "absent":
            raise GanLabError(f"{override} cannot change in a resumed run: give single values such as epochs=40")
        OmegaConf.update(config, key, OmegaConf.from_dotlist([f"value={value}"]).value)
    with open_dict(config):
        config.run_dir = str(run_dir)
    return config
