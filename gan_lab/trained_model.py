"""A trained model, as every command opens one."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.data.loading import load_data
from gan_lab.errors import GanLabError
from gan_lab.model.base import AdversarialModule
from gan_lab.noise import seed_of
from gan_lab.runs.checkpoint import find_checkpoint, read_checkpoint
from gan_lab.runs.run_folder import BestOrLast
from gan_lab.sampler.base import Sampler
from gan_lab.types import SampleResult


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """The networks of a training, in evaluation mode and frozen, with all that is known of where they come from.

    `module` holds the networks, `config` is the resolved configuration of their run, `stated` says what belongs beside
    every number that is measured on them, and `checkpoint` is the file.
    """

    module: AdversarialModule
    config: dict[str, Any]
    stated: dict[str, str | int]
    checkpoint: Path

    @classmethod
    def open(cls, path: str, which: BestOrLast, device: torch.device) -> "TrainedModel":
        """Opens a run folder's best or last checkpoint, or a checkpoint that lies anywhere.

        Raises GanLabError where there is none, or where its configuration does not build its weights any more.
        """
        found = find_checkpoint(path, which)
        saved = read_checkpoint(found)
        config = saved["config"]
        with torch.random.fork_rng(devices=[]):  # initial weights are drawn, and overwritten
            module: AdversarialModule = build(config["model"], "model")
        try:
            module.load_state_dict(saved["state_dict"])
        except RuntimeError as error:
            raise GanLabError(
                f"{found} does not fit its own configuration: {str(error).splitlines()[-1].strip()}"
            ) from error
        stated = {
            "checkpoint": path,
            "sha256": hashlib.sha256(found.read_bytes()).hexdigest(),
            "variant": config["variant"],
            "dataset": config["dataset"],
            "training_seed": config["seed"],
            **saved["counters"],
        }
        return cls(module.to(device).eval().requires_grad_(False), config, stated, found)

    def load_data(self, chosen: dict[str, Any], dataset: str, overrides: list[str]) -> DataModule:
        """The run's own data, so that what was validation there is validation here; or the chosen ones, another set.

        `chosen` is the command's own configuration of data named `dataset`, and of its `overrides` those of the data
        hold for the run's data too. Raises GanLabError where the samples of the two have different shapes.
        """
        own = dataset == self.config["dataset"]
        data = load_data(own_data(self.config["data"], chosen, overrides) if own else chosen)
        if tuple(self.config["data"]["shape"]) != data.shape:
            raise GanLabError(
                f"the model makes samples of shape {self.config['data']['shape']}, but data={dataset} are of shape "
                f"{list(data.shape)}: they cannot be compared"
            )
        return data

    def prepare(self, sampler: Sampler, data: DataModule) -> None:
        """Prepares the sampler for this model; what that computes is kept beside the checkpoint."""
        sampler.prepare(self.module, data, self.checkpoint.parent / "prepared")

    def draw(self, sampler: Sampler, n: int, seed: int, component: Int[Tensor, " n"] | None = None) -> SampleResult:
        """n samples through a prepared sampler, as the evaluations of the training draw them: the same seed gives the
        same codes. `component` chooses what each sample is made for. Raises GanLabError where a sample is not finite.
        """
        device = self.module.device
        generator = torch.Generator(device).manual_seed(seed_of("evaluation", seed))
        drawn = sampler.sample(n, generator, component=None if component is None else component.to(device))
        if broken := int((~drawn.x.flatten(1).isfinite()).any(1).sum()):
            raise GanLabError(f"{broken} of {n} generated samples are not finite: they cannot be used")
        return drawn


def chosen_device(name: str | None) -> torch.device:
    """The device of that name; None: a GPU if there is one. Raises GanLabError where torch cannot use it."""
    try:
        device = torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise GanLabError(f"device={name} cannot be used here: {str(error).splitlines()[0]}") from error
    return device


def own_data(saved: dict[str, Any], composed: dict[str, Any], overrides: list[str]) -> dict[str, Any]:
    """The run's own data, with what the command line changes, found where they are now."""
    given = {override.partition("=")[0].removeprefix("data.") for override in overrides if override.startswith("data.")}
    result = saved | {key: composed[key] for key in given if key in composed}
    if "root" in saved and not Path(saved["root"]).is_dir():
        result["root"] = composed["root"]
    return result
