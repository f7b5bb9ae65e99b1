"""What a trained generator takes, in words and numbers that need no gan_lab."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_lab.data.folder_classes import class_names, image_files
from gan_lab.loss.classes import label_classes
from gan_lab.model.generative import GenerativeModule
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.info_codes import InfoCodes
from gan_lab.prior.labelled import Labelled
from gan_lab.prior.normal import Normal
from gan_lab.prior.uniform import Uniform
from gan_lab.trained_model import TrainedModel
from gan_lab.trust.home import expanded

LAWS = {
    Normal: "normal",
    Uniform: "uniform on [-1, 1]",
    Labelled: "normal",
    InfoCodes: "normal",
    GaussianMixture: "normal",
}
"""The law of each number of the noise, independent of the others."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The noise that a generator's codes are made of, and what chooses among its classes or components.

    `law` is that of each of the `dim` numbers of the noise. `choice` is the name of the second input, `label` or
    `component`, with `choices` values, or None. `classes` are the names of the data's classes that the choice k stands
    for as k mod their number; there are none where it stands for no class.
    """

    dim: int
    law: str
    choice: str | None
    choices: int
    classes: tuple[str, ...]

    @classmethod
    def of(cls, trained: TrainedModel) -> "Inputs":
        """Returns those of a trained model."""
        module, data = trained.module, trained.config["data"]
        prior = module.averaged_prior
        choice = ("label" if isinstance(prior, Labelled) else "component") if prior.components else None
        law = LAWS.get(type(prior), f"that of {type(prior).__name__}")
        count = label_classes(module.loss, int(data["num_classes"]))
        return cls(prior.dim, law, choice, prior.components, names_of(data, count) if choice else ())


def names_of(data: dict[str, Any], count: int) -> tuple[str, ...]:
    """Returns the names of the data's classes: those of sub-folders, while the folder is there, otherwise numbers."""
    names: list[str] = []
    if "image_size" in data and (root := expanded(Path(str(data["root"])))).is_dir():
        names = class_names(root, image_files(root, bool(data.get("links"))))
    return tuple(names if len(names) == count else map(str, range(count)))


def mixes(module: GenerativeModule) -> bool:
    """Returns whether codes are made of noise by the means and deviations of a mixture."""
    return isinstance(module.averaged_prior, GaussianMixture)
