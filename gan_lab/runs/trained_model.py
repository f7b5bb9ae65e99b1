"""A trained model and the data that belong to it, as every command that looks at one finds them."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_lab.cli.build import build
from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.runs.checkpoint import Trained, load_trained


def chosen_device(name: str | None) -> torch.device:
    """The device of that name; None: a GPU if there is one. Raises GanLabError where torch cannot use it."""
    try:
        device = torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise GanLabError(f"device={name} cannot be used here: {str(error).splitlines()[0]}") from error
    return device


def trained_and_data(
    config: dict[str, Any], dataset: str, overrides: list[str], device: torch.device
) -> tuple[Trained, DataModule]:
    """The model of `checkpoint`, and its run's own data, so that what is validation there is validation here; or the
    data that are chosen, where these are another set. Raises GanLabError where the two do not fit together."""
    trained = load_trained(config["checkpoint"], config["which"], device)
    own = dataset == trained.config["dataset"]
    data = loaded(own_data(trained.config["data"], config["data"], overrides) if own else config["data"])
    if tuple(trained.config["data"]["shape"]) != data.shape:
        raise GanLabError(
            f"the model makes samples of shape {trained.config['data']['shape']}, but data={dataset} are of shape "
            f"{list(data.shape)}: they cannot be compared"
        )
    return trained, data


def own_data(saved: dict[str, Any], composed: dict[str, Any], overrides: list[str]) -> dict[str, Any]:
    """The run's own data, with what the command line changes, found where they are now."""
    given = {override.partition("=")[0].removeprefix("data.") for override in overrides if override.startswith("data.")}
    result = saved | {key: composed[key] for key in given if key in composed}
    if "root" in saved and not Path(saved["root"]).is_dir():
        result["root"] = composed["root"]
    return result


def loaded(config: dict[str, Any]) -> DataModule:
    """The data of a configuration, in memory."""
    data: DataModule = build(config, "data")
    data.prepare_data()
    data.setup()
    return data


def refuse_broken(samples: Tensor) -> None:
    """Raises GanLabError where a sample has a NaN or an infinity."""
    if broken := int((~samples.flatten(1).isfinite()).any(1).sum()):
        raise GanLabError(f"{broken} of {len(samples)} generated samples are not finite: they cannot be used")
