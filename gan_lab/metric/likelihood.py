"""The likelihood of real images under Gaussians around generated ones."""

from dataclasses import dataclass
from math import log, pi
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.metric.features import Features, Part, Reference
from gan_lab.metric.neighbours import nearest
from gan_lab.metric.real_fake import GatheredMetric, TooAlikeError
from gan_lab.runs.cache import Tensors

LEAST = 20
NEAREST = 100
"""The Gaussians that a likelihood is summed over: those with the nearest centres."""
LEAST_SQUARED = 1e-3
"""The squared distance that is added to the nearest one where a variance begins, and the least that one can reach."""
SHRUNK = 0.9**2
"""The factor of squared distances to the middle in the density of points that no centre explains."""
GAIN = 1e-7
"""Fitting ends when the mean log-likelihood by dimension rises by less in a step."""
MOST_STEPS = 1000


@final
class FeatureLikelihood(GatheredMetric):
    """`fld`, the Feature Likelihood Divergence: it is high for images that lack fidelity or variety, and for copies.

    One isotropic Gaussian N(y, σ_y² I) stands around each generated sample y, and all of them have equal weights. Their
    variances σ_y² are fitted to training samples by maximum likelihood, and then

    FLD = 100 (L(generated) - L(real)), where L = -1/d · the mean over real samples x of the comparison of log p(x)

    in nats for each of d dimensions. L(real) is that of as many training samples in the place of generated ones, with
    variances fitted to the other training samples. Around a copy of a training sample the variance vanishes, so that
    the copy explains no other sample: copies raise FLD as missing samples do. FLD is 0 for samples as good as training
    samples, and may be negative. All features are first scaled to mean 0 and variance 1 on the real samples of the
    comparison. Jiralerspong et al. 2023 (arXiv 2302.04440).

    As in the authors' code, a further Gaussian around the middle of the training samples takes part in the fit, with
    weight 1, a fitted variance and distances shrunk by .9: it takes those samples that no centre explains, and is no
    part of L. A variance begins at 1/d of the squared distance to the nearest training sample.

    The floor is the FLD of other training samples than those behind L(real).

    *Deviations:* features of this metric's extractor instead of DINOv2's. Variances are fitted by expectation
    maximisation until the likelihood no longer rises, instead of by 50 steps of Adam, and are at least .001 / d, since
    the likelihood of a copy has no maximum. Sums over Gaussians are those over the 100 nearest ones, which on MNIST
    equal those over 400 to seven digits. Constant features are removed. No more centres are used than there are real
    samples or half of the training samples.
    """

    keys = ("fld",)

    def __init__(self, *, train_images: PositiveInt = 50_000) -> None:
        """`train_images` is the number of training images to fit to; copies of others are not found."""
        super().__init__()
        self.train_images = train_images

    def least(self) -> dict[str, int]:
        return {"fld": LEAST}

    def plan(self, train: int) -> None:
        self._fitted = min(self.train_images, train)

    def protocol(self) -> dict[str, str | int | float]:
        return {"fld_train_images": self._fitted}

    def compute(self) -> dict[str, float]:
        centres = self._scaled(self.gathered()[: self._centres])
        return {"fld": 100 * (self._loss(centres, self._train) - self._loss_of_real)}

    def floor(self, train: Features) -> dict[str, float]:
        centres, others = self._train[-self._centres :], self._train[: -self._centres]
        return {"fld": 100 * (self._loss(centres, others) - self._loss_of_real)}

    def _loss(self, centres: Float[Tensor, "m d"], train: Float[Tensor, "t d"]) -> float:
        """Returns L of Gaussians around the centres, fitted to these training samples."""
        return -fitted_mixture(centres, train).log_density(self._test).mean().item() / self._test.shape[1]

    def _scaled(self, features: Float[Tensor, "n all"]) -> Float[Tensor, "n d"]:
        return (features.double()[:, self._varying] - self._mean) / self._deviation

    def _take_real(self, reference: Reference) -> None:
        if reference.train is None:
            raise ValueError("a likelihood can only be fitted with the training images")
        real = self.real.double()
        self._varying = real.var(0) > 0
        if not self._varying.any():
            raise TooAlikeError("all features of the real images are constant")
        self._mean, self._deviation = real[:, self._varying].mean(0), real[:, self._varying].std(0)
        self._test = self._scaled(real)
        self._train = self._scaled(reference.train(self.train_images).features)
        n = self._fitted = len(self._train)
        if n < 2:
            raise TooAlikeError(f"a likelihood is fitted to 2 training images or more, not to {n}")
        self._centres = min(len(real), n // 2)
        part = Part("likelihood 1", f"likelihood of real images by {n:,} training images, for FLD", train=n)
        self._loss_of_real = reference.remember(part, self._of_real)["loss"].item()

    def _of_real(self) -> Tensors:
        centres, others = self._train[: self._centres], self._train[self._centres :]
        return {"loss": torch.tensor(self._loss(centres, others), dtype=torch.float64)}


@dataclass(frozen=True, slots=True)
class Mixture:
    """Isotropic Gaussians with equal weights."""

    centres: Float[Tensor, "m d"]
    variances: Float[Tensor, " m"]

    def log_density(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """Returns the log-density of points, in nats, summed over the nearest Gaussians."""
        squared, index = nearest(x, self.centres, min(NEAREST, len(self.centres)))
        return log_terms(squared, self.variances[index], *self.centres.shape).logsumexp(1)


def log_terms(squared: Float[Tensor, "n k"], variances: Float[Tensor, "n k"], m: int, d: int) -> Float[Tensor, "n k"]:
    """Returns log(N(x; y, σ² I) / m) from |x - y|² and σ² in d dimensions."""
    return -0.5 * (squared / variances + d * (2 * pi * variances).log()) - log(m)


def fitted_mixture(centres: Float[Tensor, "m d"], train: Float[Tensor, "t d"]) -> Mixture:
    """Returns the mixture around the centres with variances of maximum likelihood for the training samples.

    A step of expectation maximisation sets σ_j² to Σᵢ rᵢⱼ |xᵢ - yⱼ|² / d Σᵢ rᵢⱼ, where rᵢⱼ is the probability that xᵢ
    comes from the Gaussian j; those that explain no sample keep their variances.
    """
    m, d = centres.shape
    squared, index = nearest(train, centres, min(NEAREST, m))
    variances = (nearest_squared(centres, train, squared, index) + LEAST_SQUARED) / d
    to_middle = SHRUNK * (train - train.mean(0)).square().sum(1, keepdim=True)
    middle = torch.ones_like(variances[:1])
    before = -torch.inf
    for _ in range(MOST_STEPS):
        terms = torch.cat(
            [log_terms(squared, variances[index], m, d), log_terms(to_middle, middle.expand_as(to_middle), 1, d)], 1
        )
        density = terms.logsumexp(1, keepdim=True)
        weights = (terms - density).exp()
        mean = density.mean().item() / d
        if mean - before < GAIN:
            break
        before = mean
        explained = torch.zeros_like(variances).index_add(0, index.flatten(), weights[:, :-1].flatten())
        spread = torch.zeros_like(variances).index_add(0, index.flatten(), (weights[:, :-1] * squared).flatten())
        some = explained > torch.finfo(explained.dtype).tiny
        variances = torch.where(some, spread / (d * explained), variances).clamp(min=LEAST_SQUARED / d)
        if weights[:, -1].sum() > torch.finfo(weights.dtype).tiny:
            middle = (weights[:, -1:] * to_middle).sum(0) / (d * weights[:, -1].sum())
    return Mixture(centres, variances)


def nearest_squared(
    centres: Float[Tensor, "m d"],
    train: Float[Tensor, "t d"],
    squared: Float[Tensor, "t k"],
    index: Int[Tensor, "t k"],
) -> Float[Tensor, " m"]:
    """Returns the squared distance of each centre to the nearest training sample. Only those centres are searched for
    that are among no sample's nearest."""
    found = squared.new_full((len(centres),), torch.inf)
    found = found.scatter_reduce(0, index.flatten(), squared.flatten(), "amin")
    missing = found.isinf().nonzero()[:, 0]
    if len(missing):
        found[missing] = nearest(centres[missing], train, 1)[0][:, 0]
    return found
