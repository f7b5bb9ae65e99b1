"""A trained model, which all commands open in the same way."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from gan_lab import __version__
from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.data.loading import load_data
from gan_lab.data.of_run import own_data
from gan_lab.errors import GanLabError
from gan_lab.maths.float32 import switch_off_tf32
from gan_lab.model.generative import GenerativeModule
from gan_lab.noise import seed_of
from gan_lab.runs.checkpoint import SETTINGS, read_checkpoint
from gan_lab.runs.hub_folder import is_on_hub
from gan_lab.runs.numbers import numbers_of
from gan_lab.runs.run_folder import PREPARED, BestOrLast, RunFolder, find_checkpoint
from gan_lab.runs.saved_folder import is_shipped
from gan_lab.runs.saved_weights import write_saved
from gan_lab.sampler.base import Sampler
from gan_lab.trust.links import refuse_link_out
from gan_lab.trust.places import downloads
from gan_lab.types import SampleResult


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """The networks of a training run, frozen and in evaluation mode, with a record of where they come from.

    `module` holds the networks, `config` is the resolved configuration of their run, `stated` is recorded beside every
    number that is measured on them, `checkpoint` is the file, and `counters` are those of the training.
    """

    module: GenerativeModule
    config: dict[str, Any]
    stated: dict[str, str | int]
    checkpoint: Path
    counters: dict[str, int | float] = field(default_factory=dict)

    @classmethod
    def open(cls, path: str, which: BestOrLast, device: torch.device) -> "TrainedModel":
        """Opens the best or last checkpoint of a run folder, a checkpoint file, a saved folder, the model of a name, or
        hub:USER/NAME.

        Raises GanLabError if there is none, or if its configuration no longer fits its weights.
        """
        found = find_checkpoint(path, which)
        saved = read_checkpoint(found)
        config = saved["config"]
        with torch.random.fork_rng(devices=[]):  # constructors draw initial weights, which are overwritten
            module: GenerativeModule = build(config["model"], "model", GenerativeModule)
        try:
            module.load_state_dict(saved["state_dict"])
        except RuntimeError as error:
            raise GanLabError(
                f"the weights in {found} do not fit its configuration: {str(error).splitlines()[-1].strip()}"
            ) from error
        stated = {
            "checkpoint": path,
            "sha256": hashlib.sha256(found.read_bytes()).hexdigest(),
            "variant": config["variant"],
            "dataset": config["dataset"],
            "training_seed": config["seed"],
            **saved["counters"],
        }
        return cls(module.to(device).eval().requires_grad_(False), config, stated, found, saved["counters"])

    def load_data(self, chosen: dict[str, Any], dataset: str, overrides: list[str], *, read: bool = True) -> DataModule:
        """Returns the data of the run, split as in training, or the chosen data if that is another data set.

        Without `read`, no file of theirs is looked for: they have a shape, and no samples.

        `chosen` is the command's configuration of the data set named `dataset`; those of its `overrides` that concern
        data apply to the run's data too. Raises GanLabError if samples of the two have different shapes.
        """
        own = dataset == self.config["dataset"]
        config = own_data(self.config["data"], chosen, overrides) if own else chosen
        data: DataModule = load_data(config) if read else build(config, "data", DataModule)
        if tuple(self.config["data"]["shape"]) != data.shape:
            raise GanLabError(
                f"the model generates samples of shape {self.config['data']['shape']}, but those of data={dataset} "
                f"have shape {list(data.shape)}: the two cannot be compared"
            )
        return data

    def prepare(self, sampler: Sampler, data: DataModule, seed: int | None = None) -> None:
        """Prepares the sampler for this model and caches the result beside the checkpoint.

        What is random in it is drawn anew for each `seed`; None is one preparation for all sampling seeds. Raises
        GanLabError where a link leads from there to somewhere else.
        """
        sampler.prepare(self.module, data, self.prepared(), seed)

    @property
    def only_read(self) -> bool:
        """Whether nothing is written beside the checkpoint: it comes with gan_lab, or lies in the Hub's cache."""
        return is_shipped(self.checkpoint) or is_on_hub(str(self.stated.get("checkpoint")))

    def prepared(self) -> Path:
        """Returns the folder of what samplers prepare: beside the checkpoint, or in the cache for a model that comes
        with gan_lab or from the Hub."""
        if self.only_read:
            return Path(os.environ.get("GAN_LAB_CACHE", "outputs/cache")) / PREPARED
        refuse_link_out(RunFolder.around(self.checkpoint).path, self.checkpoint.parent / PREPARED)
        return self.checkpoint.parent / PREPARED

    def draw(
        self, sampler: Sampler, n: int, seed: int, component: Int[Tensor, " n"] | None = None, split: str = "test"
    ) -> SampleResult:
        """Draws n samples with a prepared sampler, to be compared with real images of this split.

        For the validation images, the same seed gives the same codes as evaluations during training, which chose the
        best checkpoint on these very codes; for any other images it gives codes that no choice has seen. `component`
        chooses the component or class of each sample. Raises GanLabError if a sample is not finite.
        """
        device = self.module.device
        generator = torch.Generator(device).manual_seed(codes_seed(seed, split))
        drawn = sampler.sample(n, generator, component=None if component is None else component.to(device))
        if broken := int((~drawn.x.flatten(1).isfinite()).any(1).sum()):
            raise GanLabError(f"{broken} of {n} generated samples are not finite: the model cannot be used")
        return drawn

    def write(self, folder: Path, *, half: bool = False) -> None:
        """Writes model.safetensors and config.json to a folder, from which `open` builds the same model; see
        `write_saved`.

        config.json has the resolved configuration of the model and its data, the counters, what the run measured of
        this checkpoint under which protocol, and the hash of the weights.
        """
        kept = {key: self.config[key] for key in ("name", *SETTINGS) if key in self.config}
        if downloads(kept["data"]):
            kept["data"] = {**kept["data"], "root": "data"}  # of whoever opens it
        card = {
            "gan_lab": __version__,
            "config": kept,
            "counters": self.counters,
            "numbers": numbers_of(self.checkpoint, int(self.counters["generator_steps"])),
        }
        write_saved(folder, card, self.module.state_dict(), half=half)


def codes_seed(seed: int, split: str) -> int:
    """Returns the seed of the codes that are measured against real images of this split.

    Evaluations during training draw from `seed_of("evaluation", seed)`, whatever they are measured against.
    """
    return seed_of("evaluation", seed) if split == "validation" else seed_of("evaluation", split, seed)


def chosen_device(name: str | None) -> torch.device:
    """Returns the device of that name, or for None a GPU if there is one, which computes in full float32 from now on.

    Raises GanLabError if torch cannot use it.
    """
    switch_off_tf32()
    try:
        device = torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise GanLabError(f"device={name} is not available: {str(error).splitlines()[0]}") from error
    return device
