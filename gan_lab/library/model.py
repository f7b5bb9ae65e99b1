"""A trained model as a program and a notebook have it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from omegaconf import DictConfig
from torch import Tensor

from gan_lab.checks.measured import Trained
from gan_lab.cli.arguments import Command
from gan_lab.errors import GanLabError
from gan_lab.evaluate import __main__ as evaluate
from gan_lab.evaluate.run import measured
from gan_lab.evaluate.subjects import FromModel, Subject
from gan_lab.export.run import save
from gan_lab.images import from_uint8
from gan_lab.invert import __main__ as invert
from gan_lab.invert.run import inverted
from gan_lab.invert.wanted_images import of_files, of_tensor, of_test_images
from gan_lab.library.drawn import Samples
from gan_lab.library.evaluated import Evaluation
from gan_lab.library.inversion import Inversion
from gan_lab.library.words import checked, words_of
from gan_lab.maths.float32 import full_float32
from gan_lab.runs.atomic import refuse_taken
from gan_lab.runs.numbers import numbers_of
from gan_lab.runs.run_folder import BestOrLast
from gan_lab.sample import __main__ as sample
from gan_lab.sample.options import Settings
from gan_lab.sample.run import draw
from gan_lab.terminal.commands import assigned
from gan_lab.trained_model import TrainedModel, chosen_device
from gan_lab.trust.home import expanded
from gan_lab.trust.lenient import printable

AT_ONCE = 500
"""Images that the critic judges in one pass."""
GIVEN = ("checkpoint", "which", "device", "images", "links", "out", "run_dir", "overwrite")
"""Options of the commands that a model that is open has already, or that are for files alone."""


def load(path: str | Path, which: BestOrLast = "best", *, device: str | None = None) -> "Model":
    """Opens a trained model.

    `path` is a run folder, of which `which` chooses the best or the last checkpoint, a .ckpt file, a folder that
    `Model.save` wrote, the name of a model that comes with gan_lab, or hub:USER/NAME, a model on the Hugging Face Hub,
    which needs the network once. `device` is cpu, cuda or cuda:NUMBER; None is a GPU if there is one. The file may be
    anybody's: nothing in it is run. Raises GanLabError where there is no model, or a damaged one.

    Example:

        model = gan_lab.load("outputs/example")
        assert model.dataset == "ring"
    """
    return Model(TrainedModel.open(str(path), which, chosen_device(device)))


class Model:
    """A trained model, frozen and in evaluation mode, as `load` opens it.

    `name` is its variant with what differs from that variant's yaml, `dataset` the data that it was trained on,
    `config` the resolved configuration, `counters` what the training counted (steps, images, seconds), `numbers` what
    the run measured of this checkpoint and by which protocol, as far as it is known, and `module` the LightningModule
    with the networks.

    Example:

        model = gan_lab.load("outputs/example", which="last")
        assert model.counters["generator_steps"] == 3
        assert model.numbers["measures"]["emd"] > 0
    """

    def __init__(self, trained: TrainedModel) -> None:
        self._trained = trained
        self.module = trained.module
        self.config: dict[str, Any] = trained.config
        self.name = str(trained.config.get("name") or trained.config["variant"])
        self.dataset = str(trained.config["dataset"])
        self.counters: dict[str, int | float] = dict(trained.counters)

    @property
    def numbers(self) -> dict[str, Any]:
        return numbers_of(self._trained.checkpoint, int(self.counters["generator_steps"]))

    def sample(
        self,
        n: int = 100,
        *overrides: str,
        seed: int = 1,
        sampler: str = "direct",
        label: int | None = None,
        component: int | None = None,
        **options: Any,
    ) -> Samples:
        """Draws n samples, the same ones for the same seed as `python -m gan_lab.sample`.

        `sampler` is one of those of the command, `label` the class and `component` the mixture component to draw from,
        for a model that has them. `overrides` are the command's own words ("sampler.steps=20"), `options` the same
        without dots. Nothing is written but what a sampler learns, which is kept beside the checkpoint. Raises
        GanLabError with the command's sentence for what the model cannot draw.

        Example:

            one, again = model.sample(5, seed=3), model.sample(5, seed=3)
            assert (one.x == again.x).all()
            better = model.sample(5, "sampler.calibration_samples=50", sampler="sir")
        """
        chosen = {"n": n, "seed": seed, "sampler": sampler, "label": label, "component": component}
        given = {key: value for key, value in chosen.items() if value is not None}
        if len(self.config["data"]["shape"]) != 3:
            given["format"] = "npz"
        values, words, dataset = self._checked(sample.COMMAND, sample.check, [*sample.USED], overrides, given | options)
        start = time.perf_counter()
        return Samples(draw(self._trained, Settings.of(values), values, words, dataset, start))

    def evaluate(self, *overrides: str, **options: Any) -> Evaluation:
        """Measures samples of the model as `python -m gan_lab.evaluate` does, with the same numbers.

        `overrides` and `options` are the command's own: n=10000, seed=1, repeats=3, metric="random", sampler="dot",
        "metric.split=validation". Nothing is written. Raises GanLabError with the command's sentence.

        Example:

            evaluation = model.evaluate("metric.emd_points=50", n=100, seed=2)
            print(evaluation["emd"], evaluation.intervals["emd"])
        """
        values, words, dataset = self._checked(evaluate.COMMAND, evaluate.check, [*evaluate.USED], overrides, options)

        def subject(split: str) -> Subject:
            return FromModel.around(self._trained, values, dataset, words, split)

        return Evaluation(measured(subject, values, words, dataset, self.module.device))

    def critic(self, images: Tensor | np.ndarray) -> Float[Tensor, "n k"]:
        """Returns the critic's raw scores of n samples, high for real: one column, or k of a critic of classes.

        `images` are [n channel height width] in [-1, 1], or uint8 of 0 to 255, which may lack the axis of one channel;
        points are [n 2]. Raises GanLabError for samples of another shape than the model's, without a critic, and for
        one that judges several samples together.

        Example:

            scores = model.critic(model.sample(5).x)
            assert scores.shape == (5, 1)
        """
        x, critic = self._as_samples(images), self.module.critic
        if critic is None:
            raise GanLabError("critic() needs a critic, and this model has none")
        if not Trained.of(self.config["model"], self.config["data"]).judges_single_samples:
            raise GanLabError("critic() gives scores of single samples, but this critic judges several together")
        with torch.no_grad(), full_float32():
            scores = [critic(part.to(self.module.device)).score.cpu() for part in x.split(AT_ONCE)]
        return torch.cat(scores)

    def invert(
        self,
        images: Tensor | np.ndarray | str | Path | None = None,
        *overrides: str,
        n: int | None = None,
        seed: int = 1,
        **options: Any,
    ) -> Inversion:
        """Finds the codes from which the model makes images, the same ones as `python -m gan_lab.invert`.

        `images` are as for `critic`, the path of a folder or a file, or None for test images of the data; `n` takes the
        first ones. `overrides` are the command's own words ("descent.starts=8"), `options` the same without dots, such
        as interpolation_steps=16. Nothing is written. Raises GanLabError with the command's sentence for images that
        the model cannot make.

        Example:

            digits = gan_lab.load("gmgan_dynamic")
            inversion = digits.invert(digits.sample(2, seed=1).x, "descent.steps=20")
            assert inversion.z.shape == (2, 100)
        """
        chosen = {"n": n, "seed": seed}
        given = {key: value for key, value in chosen.items() if value is not None}
        values, words, dataset = self._checked(invert.COMMAND, invert.check, [*invert.USED], overrides, given | options)
        if images is None:
            wanted = of_test_images(self._trained, values, dataset, words)
        elif isinstance(images, str | Path):
            wanted = of_files(images, self._trained, n, links=False)
        else:
            wanted = of_tensor(self._as_samples(images), n)
        return Inversion(inverted(self._trained, wanted, values, words))

    def save(
        self,
        folder: str | Path,
        *,
        half: bool = False,
        license: str | None = None,
        evaluation: str | Path | None = None,
    ) -> Path:
        """Writes what `python -m gan_lab.export` writes to a new folder, and returns it: model.safetensors and
        config.json, without pickle, a picture, and README.md, a card.

        `load`, and checkpoint= of every command, open it and draw the same bits. It has the averaged generator and
        prior, the critic and the loss, but not the generator before averaging and nothing to train on. `half` keeps
        matrices and kernels in half precision, at half the size. `license` is the one that you choose for the weights,
        and `evaluation` the evaluation.json of exactly this checkpoint whose numbers the card has; None looks for it in
        the folder of the run. Raises GanLabError for a folder that is not empty, and for an evaluation of another
        checkpoint.

        Example:

            folder = model.save("saved")
            assert (gan_lab.load(folder).sample(5).x == model.sample(5).x).all()
        """
        refuse_taken(expanded(folder))
        given = None if evaluation is None else str(evaluation)
        return save(self._trained, folder, half=half, license=license, evaluation=given)[0]

    def _as_samples(self, images: Tensor | np.ndarray) -> Float[Tensor, " n *shape"]:
        """Returns samples as float32, images in [-1, 1]. Raises GanLabError for another shape than the model's."""
        x = torch.as_tensor(images)
        x = from_uint8(x) if x.dtype == torch.uint8 else x.float()
        shape = tuple(self.config["data"]["shape"])
        if x.shape[1:] == shape[1:] and shape[0] == 1:
            x = x[:, None]
        if x.shape[1:] != shape:
            raise GanLabError(f"the model has samples of shape [n, {', '.join(map(str, shape))}], not {[*x.shape]}")
        return x

    def _checked(
        self,
        command: Command,
        check: Callable[[DictConfig, Sequence[str]], None],
        keys: Sequence[str],
        overrides: Sequence[str],
        options: dict[str, Any],
    ) -> tuple[dict[str, Any], list[str], str]:
        """Returns the values, the words and the data set of a command for this model."""
        words = words_of(overrides, options)
        for word in words:
            if (key := word.partition("=")[0]) in GIVEN:
                raise GanLabError(f"{key}= cannot be given here, since the model is open already: load() takes it")
        checkpoint = assigned("checkpoint", str(self._trained.checkpoint))
        return checked(command, [checkpoint, *words], check, keys)

    def __repr__(self) -> str:
        steps = self.counters["generator_steps"]
        place = self._trained.stated["checkpoint"]
        return printable(f"{self.name} on {self.dataset}, generator step {steps:,} ({place})")
