"""What is evaluated: samples of a trained model, or image files."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, final

import torch

from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.evaluate.image_files import read_images
from gan_lab.images import from_uint8
from gan_lab.loss.classes import label_classes
from gan_lab.network.base import Generator
from gan_lab.prior.base import LatentPrior
from gan_lab.runs.picture_file import save_picture
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.chains import chains_picture
from gan_lab.terminal.commands import from_here
from gan_lab.trained_model import TrainedModel
from gan_lab.types import Latent, SampleResult


class Subject(ABC):
    """A source of samples to measure, with what is recorded beside their numbers."""

    data: DataModule
    """The data that the samples are compared with."""
    available: int | None = None
    """The number of samples that are available; None if there is no limit."""
    row_name = "class asked for"
    """The meaning of a sample's label, for figures."""
    label_classes = 0
    """See `Evaluator.label_classes`."""
    networks: tuple[Generator, LatentPrior] | None = None
    """See `Evaluator.networks`."""

    @abstractmethod
    def draw(self, n: int, seed: int) -> SampleResult:
        """Returns n samples that depend on the seed alone."""

    @abstractmethod
    def stated(self) -> dict[str, Any]:
        """Returns where the samples come from."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What is measured, in a few words."""

    @abstractmethod
    def save_pictures(self, run_dir: Path, drawn: SampleResult) -> None:
        """Saves the pictures that only this kind of subject has into figures/."""


@final
class FromModel(Subject):
    """Samples of a trained model, drawn by a sampler."""

    def __init__(
        self, trained: TrainedModel, sampler: Sampler, data: DataModule, *, split: str, recalibrate: bool = False
    ) -> None:
        """`split` names the real images of the comparison, `recalibrate` prepares the sampler again for each seed."""
        self.trained = trained
        self.sampler = sampler
        self.data = data
        self.split = split
        self.recalibrate = recalibrate
        self.networks = trained.module.averaged_networks
        if trained.module.prior.components:
            self.row_name = "component"
        self.label_classes = label_classes(trained.module.loss, data.num_classes)
        if not recalibrate:
            trained.prepare(sampler, data)

    @classmethod
    def of(
        cls, config: dict[str, Any], dataset: str, overrides: list[str], device: torch.device, split: str
    ) -> "FromModel":
        """Builds it from `checkpoint`, `which`, `data`, `sampler` and `recalibrate` of a command's configuration."""
        return cls.around(
            TrainedModel.open(config["checkpoint"], config["which"], device), config, dataset, overrides, split
        )

    @classmethod
    def around(
        cls, trained: TrainedModel, config: dict[str, Any], dataset: str, overrides: list[str], split: str
    ) -> "FromModel":
        """Builds it from a model, and from `data`, `sampler` and `recalibrate` of a configuration."""
        data = trained.load_data(config["data"], dataset, overrides)
        sampler: Sampler = build(config["sampler"], "sampler", Sampler)
        return cls(trained, sampler, data, split=split, recalibrate=config.get("recalibrate", False))

    def draw(self, n: int, seed: int) -> SampleResult:
        if self.recalibrate:
            self.trained.prepare(self.sampler, self.data, seed)
        return self.trained.draw(self.sampler, n, seed, split=self.split)

    def stated(self) -> dict[str, Any]:
        again = {"recalibrate": True} if self.recalibrate else {}
        return self.trained.stated | {"sampler": self.sampler.name, **self.sampler.stated(), **again, "ema": True}

    @property
    def title(self) -> str:
        run, config = self.trained.checkpoint, self.trained.config
        name = config.get("name", config["variant"])
        step = self.trained.stated["generator_steps"]
        return f"{name} on {config['dataset']}, seed {config['seed']}, generator step {step} ({from_here(run)})"

    def save_pictures(self, run_dir: Path, drawn: SampleResult) -> None:
        """Saves chains.png, the path of the first samples' codes, where the sampler moves codes."""
        if drawn.path:
            (run_dir / "figures").mkdir(exist_ok=True)
            save_picture(chains_picture(self.sampler.context, drawn.path), run_dir / "figures" / "chains.png")


@final
class FromFiles(Subject):
    """Image files. There is no seed to vary."""

    def __init__(self, path: str, data: DataModule, n: int, seed: int, links: bool) -> None:
        if len(data.shape) != 3:
            raise GanLabError(
                f"images= needs data of images, not of shape {list(data.shape)}: set data= to a set of images"
            )
        channels, height, width = data.shape
        self.data, self.path = data, path
        self.file = read_images(Path(path), (channels, height, width), n, seed, links)
        self.available = len(self.file.images)

    def draw(self, n: int, seed: int) -> SampleResult:
        images = from_uint8(self.file.images[:n])
        return SampleResult(images, Latent(torch.zeros(len(images), 0)), {"seconds": 0.0})

    def stated(self) -> dict[str, Any]:
        return dict(self.file.stated)

    @property
    def title(self) -> str:
        return f"{self.available} images of {self.path}"

    def save_pictures(self, run_dir: Path, drawn: SampleResult) -> None:
        """Saves nothing more."""
