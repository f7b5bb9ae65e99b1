"""Whether a generator that is trained with augmentation makes augmented images, where the right ones are known."""

from collections.abc import Callable
from functools import partial
from typing import Any, final

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor
from tqdm import tqdm

from gan_lab.augment.diffaugment import DiffAugment
from gan_lab.domains import Positive, PositiveInt, Share
from gan_lab.explain.base import FAKE, REAL, Explained, Explanation
from gan_lab.images import grid, to_pil
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.model.gan import GAN
from gan_lab.network.mlp import MLPCritic, MLPGenerator
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.zero_centred import ZeroCentredPenalty
from gan_lab.prior.normal import Normal
from gan_lab.types import Batch

SIDE, LATENT, HIDDEN = 16, 8, (128, 128)
WIDTHS = (1.5, 2.5)
"""The least and the largest standard deviation of a spot, in pixels."""
LOW, HIGH = -0.5, 0.5
"""The values of an image far from its spot and at its centre."""
SHOWN = 6
COLORS = {"data": REAL, "reals alone": "tab:red", "changed data": "tab:gray"}

Images = Float[Tensor, "b 1 h w"]


def changing(operation: Any, p: float = 1.0) -> DiffAugment:
    """Returns the augmentation that applies one operation to an image with probability p."""
    return DiffAugment(operations=(operation,), p=p)


def spots(width: Float[Tensor, " b"]) -> Images:
    """Returns images with a round spot in the middle: x(r) = -1/2 + exp(-r^2 / (2 w^2)) at distance r."""
    return LOW + (HIGH - LOW) * torch.exp(-distances().square() / (2 * width[:, None, None, None].square()))


def distances() -> Float[Tensor, "h w"]:
    """Returns the distance of each pixel from the middle."""
    axis = torch.arange(SIDE) - (SIDE - 1) / 2
    return (axis[:, None].square() + axis.square()).sqrt()


def shift(images: Images) -> Float[Tensor, " b"]:
    """Returns the distance of the centre of mass from the middle, in pixels; a pixel's mass is its value above LOW."""
    mass = (images[:, 0] - LOW).clamp(min=0)
    mass = mass / mass.sum((1, 2), keepdim=True).clamp(min=1e-6)
    axis = torch.arange(SIDE) - (SIDE - 1) / 2
    return torch.stack([mass.sum(2) @ axis, mass.sum(1) @ axis]).norm(dim=0)


def level(images: Images) -> Float[Tensor, " b"]:
    """Returns how far the mean value of the pixels far from the middle is from LOW."""
    return (images[:, 0, distances() > SIDE / 2].mean(1) - LOW).abs()


def hole(images: Images) -> Float[Tensor, " b"]:
    """Returns 1 for an image in which the middle or a corner is nearer to grey than to its value, else 0."""
    middle = images[:, 0, distances() < 1].mean(1) < HIGH / 2
    far = images[:, 0, [0, 0, -1, -1], [0, -1, 0, -1]].amax(1) > LOW / 2
    return (middle | far).float()


MARKS: dict[str, tuple[Callable[[Images], Tensor], str]] = {
    "translation": (shift, "distance of the centre of mass from the middle, pixels"),
    "colour": (level, "difference of the background's value"),
    "cutout": (hole, "share of images with a hole"),
}
"""What each operation does to an image, as a function that is 0 for every image of the data, and its name."""


@final
class Leaks(Explanation):
    """Trains a GAN on spots that never move, with each operation of DiffAugment alone, and measures what it learnt.

    The data are x(r) = -1/2 + exp(-r^2 / (2 w^2)), r the distance from the middle of 16x16 pixels, w ~ U[1.5, 2.5]. So
    every image has its centre of mass in the middle, a background of -1/2 and no hole. For each operation and each
    probability p, this computes the mean of the operation's mark (`MARKS`) over samples. Beside it stand the marks of

    - samples without augmentation (p = 0), which are the faults of the training itself;
    - samples of a generator whose reals alone were changed, as data sets are augmented for classifiers: it learns the
      changes. An augmentation that leaks comes near this;
    - data to which the operation is applied.

    The operation makes (1 - p) q + p K q of a distribution q of images, and the players compare both distributions
    after that. Translation, away from the edge, is a convolution with five equal shifts in each direction, whose
    Fourier transform is nowhere below -1/4: for p < .8 it takes no two distributions to one (Karras et al. 2020, arXiv
    2006.06676, appendix C). With p = 1, distributions can be as good as equal after it, and only measuring tells
    whether the changes leak. The game is that of `model=gan` with R1 and fully connected networks.
    """

    def __init__(
        self,
        *,
        probabilities: tuple[Share, ...],
        steps: PositiveInt,
        batch_size: PositiveInt,
        rate: Positive,
        gamma: Positive,
        samples: PositiveInt,
        seed: int,
    ) -> None:
        """`gamma` is the weight of R1; the learning rate falls from `rate` to 0 along a line."""
        self.probabilities, self.steps, self.batch_size = probabilities, steps, batch_size
        self.rate, self.gamma, self.samples, self.seed = rate, gamma, samples, seed

    def explain(self) -> Explained:
        data = self.data("held out", self.samples)
        made: dict[str, dict[str, Images]] = {}
        with tqdm(total=1 + len(MARKS) * (1 + len(self.probabilities)), desc="generators", dynamic_ncols=True) as bar:
            plain = self.trained(bar=bar)
            for name in MARKS:
                made[name] = {"data": data, "p = 0": plain}
                for p in self.probabilities:
                    made[name][f"p = {p:g}"] = self.trained(augment=changing(name, p), bar=bar)
                made[name]["reals alone"] = self.trained(reals_alone=changing(name), bar=bar)
                made[name]["changed data"] = changing(name)(data, self.noise("changed"))
        numbers = {
            name: {"mark": title} | {what: mark(images).mean().item() for what, images in made[name].items()}
            for name, (mark, title) in MARKS.items()
        }
        return Explained(self.draw(made, numbers), numbers, [said(name, row) for name, row in numbers.items()])

    def noise(self, *key: int | str) -> IndexedNoise:
        return IndexedNoise(("leaks", self.seed, *key), torch.device("cpu"))

    def data(self, what: int | str, n: int) -> Images:
        """Returns n spots of random widths."""
        low, high = WIDTHS
        return spots(low + (high - low) * self.noise("data", what).uniform(n))

    def trained(
        self, *, augment: DiffAugment | None = None, reals_alone: DiffAugment | None = None, bar: tqdm | None = None
    ) -> Images:
        """Trains a generator and returns samples of it. All begin with the same weights and see the same data."""
        torch.manual_seed(self.seed)
        shape = (1, SIDE, SIDE)
        adam: Any = partial(torch.optim.Adam, lr=self.rate, betas=(0.0, 0.99))
        model = GAN(
            generator=MLPGenerator(
                latent_dim=LATENT, shape=shape, hidden=HIDDEN, norm="none", activation="leaky_relu", output="tanh"
            ),
            critic=MLPCritic(shape=shape, outputs=1, hidden=HIDDEN, norm="none", activation="leaky_relu", dropout=0.0),
            prior=Normal(dim=LATENT),
            loss=NonSaturating(),
            penalties={"r1": ZeroCentredPenalty(gamma=self.gamma, at="real")},
            constraints={},
            optimizers={"critic": adam, "generator": adam},
            n_critic=1,
            ema_decay=0.0,
            seed=self.seed,
            augment=augment,
        )
        optimizers = {name: adam(model.parameters_of(name)) for name in model.players()}
        for step in range(self.steps):
            model.rounds, model.draws = step, 0
            real = self.data(step, self.batch_size)
            if reals_alone is not None:
                real = reals_alone(real, self.noise("reals", step))
            for turn in model.turns([Batch(real)]):
                optimizer = optimizers[turn.player]
                for group in optimizer.param_groups:
                    group["lr"] = self.rate * (1 - step / self.steps)
                optimizer.zero_grad()
                torch.stack(list(turn.terms.minimised.values())).sum().backward()
                optimizer.step()
        if bar is not None:
            bar.update()
        with torch.no_grad():
            return model.generated(model.prior.sample(self.samples, self.noise("samples").generator))

    def draw(self, made: dict[str, dict[str, Images]], numbers: dict[str, Any]) -> Figure:
        figure = Figure(figsize=(13, 7), layout="constrained")
        parts: Any = figure.subfigures(2, 1)
        for panel, (name, row) in zip(parts[0].subplots(1, len(MARKS)), numbers.items(), strict=True):
            values = {what: row[what] for what in made[name]}
            panel.bar([*values], [*values.values()], color=[COLORS.get(what, FAKE) for what in values])
            panel.tick_params(axis="x", labelsize=7, rotation=20)
            panel.set_title(f"{name}: {row['mark']}", fontsize=8)
        for panel, (name, of) in zip(parts[1].subplots(1, len(MARKS)), made.items(), strict=True):
            draw_samples(panel, of)
            panel.set_title(name, fontsize=9)
        return figure


def draw_samples(panel: Axes, rows: dict[str, Images]) -> None:
    """Draws the first images of each kind in a row of their own."""
    panel.imshow(to_pil(grid(torch.cat([images[:SHOWN] for images in rows.values()]), SHOWN)), cmap="gray")
    panel.set(xticks=[], yticks=[(i + 0.5) * (SIDE + 1) for i in range(len(rows))])
    panel.set_yticklabels([*rows], fontsize=8)


def said(name: str, row: dict[str, Any]) -> str:
    """Returns in words how strong an operation's mark is in samples."""
    values = ", ".join(f"{value:.3f} ({what})" for what, value in row.items() if what != "mark")
    return f"{name}, {row['mark']}: {values}."
