"""python -m gan_lab.export: writes a trained model for other people and other programs. Imports torch only to do so."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.cli.arguments import Command
from gan_lab.cli.command import (
    check_jobs,
    heavy_imports,
    no_empty_folder,
    overrides_as_typed,
    plain_errors,
    run_command,
)
from gan_lab.cli.dataset import refuse_missing
from gan_lab.domains import Domain, FolderPath
from gan_lab.errors import GanLabError
from gan_lab.export.unwritable import NETWORKS, onnx_file, refuse_unwritable
from gan_lab.export.upload import refuse_upload
from gan_lab.runs.atomic import refuse_taken
from gan_lab.runs.saved_folder import CARD, PICTURE, README, WEIGHTS
from gan_lab.trust.home import expanded
from gan_lab.trust.targets import CONF_DIR

COMMAND = Command("gan_lab.export", "export", path="checkpoint")
NAMED = re.compile(r"[\w.+-][\w.+ -]{0,99}")
USED: dict[str, Any] = {
    **{"checkpoint": str | None, "which": Literal["best", "last"], "format": Literal["safetensors", "onnx"]},
    **{"half": bool, "networks": list[Literal["generator", "critic"]]},
    "license": Annotated[str, Domain("a name such as mit", lambda text: NAMED.fullmatch(text) is not None)] | None,
    **{"evaluation": FolderPath | None, "upload": str | None, "overwrite": bool, "out": FolderPath},
}
OF_FORMAT = {"safetensors": "half", "onnx": "networks"}
"""The option that one format alone has."""
OURS = {WEIGHTS, CARD, README, PICTURE, *map(onnx_file, NETWORKS)}
"""What an export writes: a folder with anything else is not replaced."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="export")
def run(config: DictConfig) -> None:
    hydra_config = HydraConfig.get()
    with plain_errors(), no_empty_folder(hydra_config.runtime.output_dir):
        check_command(config, overrides_as_typed())
        with heavy_imports():
            from gan_lab.export.run import export

        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        export(plain)


def check_command(config: DictConfig, overrides: Sequence[str]) -> None:
    """Does what `check` does. Raises GanLabError also where nothing can be written or uploaded to."""
    check(config, overrides)
    refuse_other_files(expanded(config.out), config.overwrite)
    if config.upload is not None:
        refuse_upload(config.upload, config.overwrite)


def check(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    if config.checkpoint is None:
        raise GanLabError("export needs checkpoint=PATH, a run folder or a .ckpt file")
    idle = [option for format_, option in OF_FORMAT.items() if format_ != config.format]
    check_composed(config, overrides, {key: hint for key, hint in USED.items() if key not in idle})
    if config.format == "onnx":
        refuse_unwritable(config.checkpoint, [*config.networks])


def refuse_other_files(folder: Path, overwrite: bool) -> None:
    """Raises GanLabError where the folder is not empty, unless it is to be replaced and has an older export alone."""
    if not overwrite or not folder.is_dir():
        refuse_taken(folder)
        return
    if others := sorted(path.name for path in folder.iterdir() if path.name not in OURS):
        raise GanLabError(f"out={folder} has {others[0]}, which no export wrote: choose another folder")


def start() -> None:
    """Checks all jobs of a multirun, and starts Hydra."""
    refuse_missing(sys.argv[1:])
    check_jobs(COMMAND, check)
    run()


def main() -> None:
    """Exports as the command line asks."""
    run_command(start, COMMAND)


if __name__ == "__main__":
    main()
