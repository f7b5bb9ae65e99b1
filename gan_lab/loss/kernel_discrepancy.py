"""The loss of MMD-GAN and of Cramer GAN: a kernel distance between the critic's features of two batches."""

from typing import Annotated, final

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import Domain, Positive, PositiveInt
from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.maths.kernels import Kernel, kernel_matrix, means_of_others
from gan_lab.types import Contest, CriticOutput, GanLabError, Judge, Terms

Shapes = Annotated[tuple[Positive, ...], Domain("a list of one or more values, each a number above 0", bool)]


@final
class KernelDiscrepancy(AdversarialLoss):
    """L_D = -MMD^2,  L_G = MMD^2,  the unbiased estimate with k on the critic's `features` scores h:

        MMD^2 = mean_{i != j} k(h(x_i), h(x_j)) + mean_{i != j} k(h(y_i), h(y_j)) - 2 mean_{i, j} k(h(x_i), h(y_j))

    for reals x and fakes y = G(z). Its expectation is 0 for equal distributions, whatever the size of a batch, so
    single values can be negative. The score of a sample is the *witness*

        f(x) = mean_j k(h(x), h(x_j)) - mean_j k(h(x), h(y_j)),

    whose mean on reals minus that on fakes is MMD^2 if each sample of the batch is left out of its own means. It is
    what penalties get: a gradient penalty acts on the slope of the witness, not of h, with gradients through the
    batch's features too. (There, a point of the batch is not left out of its means, but k has no slope at distance 0.)
    `kernel` is one of `maths/kernels.py`, and `shapes` are its values a.

    `from_origin` puts h = 0 in the place of the other reals in the critic's witness, f(x) = k(h(x), 0) - mean_j
    k(h(x), h(y_j)), for the critic's loss and its penalties; the generator's loss stays MMD^2. With `kernel=distance
    shapes=[1]` that is the surrogate of Bellemare et al. 2017, arXiv 1705.10743, whose critic maximises E ||h(x) -
    h(y)|| + E ||h(y)|| - E ||h(x)|| - E ||h(y) - h(y')||. It needs no second real sample, for data of which there is
    only one in each context, but it is no distance: it is 0 wherever all fakes have h = 0, whatever the reals.

    Diagnostics: `score_real`, `score_fake` and `accuracy` are those of the witness; `discrepancy` is MMD^2;
    `similarity` is the mean of k(h(x_i), h(y_j)) over all pairs: for the first two kernels it lies between 0 and the
    number of shapes, and near either end no shape fits the distances of the features, so that nothing can be learnt.
    With several processes, each compares its own share of the batch, whose estimates are unbiased as well, so two
    processes do not train the same model as one.

    Sources: Li et al. 2017, arXiv 1705.08584 (a sum of Gaussians); Binkowski, Sutherland, Arbel & Gretton 2018, arXiv
    1801.01401 (rational quadratic kernels, the estimate, the penalty on the witness); Bellemare et al. 2017 (the
    distance kernel, that is Szekely's energy distance). Deviations: no autoencoder on the features and no one-sided
    bound of their means, as Li et al. have; no penalty on the size of the features.
    """

    needs_real = True
    couples_samples = True
    chooses_score = True
    compares_batches = True

    def __init__(self, *, kernel: Kernel, shapes: Shapes, features: PositiveInt, from_origin: bool = False) -> None:
        super().__init__()
        if kernel == "distance" and max(shapes) >= 2:
            raise GanLabError(f"shapes of kernel=distance are powers of a distance below 2, not {max(shapes)}")
        self.kernel: Kernel = kernel
        self.shapes = shapes
        self.features = features
        self.from_origin = from_origin

    @property
    def outputs(self) -> int:
        return self.features

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        """Returns the critic whose one score is the witness between the contest's reals and fakes."""
        real, fake = judged_real(contest), contest.on_fake.score

        def witness(samples: Tensor) -> CriticOutput:
            output = critic(samples)
            near = self.at_origin(output.score) if self.from_origin else self.k(output.score, real).mean(1)
            return CriticOutput((near - self.k(output.score, fake).mean(1))[:, None], output.features)

        return witness

    def critic(self, contest: Contest) -> Terms:
        x, y = features_of(contest)
        between, near = self.k(x, y), means_of_others(self.k(y, y))
        real, fake = means_of_others(self.k(x, x)) - between.mean(1), between.mean(0) - near
        found = {"discrepancy": real.mean() - fake.mean(), "similarity": between.mean()}
        if self.from_origin:
            real, fake = self.at_origin(x) - between.mean(1), self.at_origin(y) - near
        scores = score_diagnostics(real[:, None].detach(), fake[:, None].detach())
        diagnostics = scores | {name: value.detach() for name, value in found.items()}
        return Terms({"real": -real.mean(), "fake": fake.mean()}, diagnostics)

    def generator(self, contest: Contest) -> Terms:
        return Terms({"discrepancy": self.discrepancy(*features_of(contest))})

    def discrepancy(self, x: Float[Tensor, "n f"], y: Float[Tensor, "m f"]) -> Float[Tensor, ""]:
        """Returns MMD^2 between the features of reals and of fakes."""
        own = means_of_others(self.k(x, x)).mean() + means_of_others(self.k(y, y)).mean()
        return own - 2 * self.k(x, y).mean()

    def k(self, x: Float[Tensor, "n f"], y: Float[Tensor, "m f"]) -> Float[Tensor, "n m"]:
        return kernel_matrix(x, y, self.kernel, self.shapes)

    def at_origin(self, x: Float[Tensor, "n f"]) -> Float[Tensor, " n"]:
        """Returns k(x, 0)."""
        return self.k(x, x.new_zeros(1, x.shape[1])).squeeze(1)

    def realness(self, score: Float[Tensor, "b k"], component: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        raise GanLabError("the witness of a kernel discrepancy compares a sample with a batch: one alone has no score")

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("the critic of a kernel discrepancy gives features, and these are no log-ratio")


def features_of(contest: Contest) -> tuple[Float[Tensor, "n f"], Float[Tensor, "m f"]]:
    """Returns the critic's scores of reals and fakes. Raises GanLabError where there is no pair of either."""
    x, y = judged_real(contest), contest.on_fake.score
    if min(len(x), len(y)) < 2:
        raise GanLabError(
            "a kernel discrepancy compares pairs, and needs batches of 2 samples or more on each process (in packs, of "
            "2 packs): set data.batch_size higher"
        )
    return x, y
