"""The gradient penalty of WGAN-GP and its one-sided forms."""

from typing import Literal, final

from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import NonNegative
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.base import Penalty, input_gradient
from gan_lab.types import Contest, Judge, Terms


@final
class GradientPenalty(Penalty):
    """lambda E[(||grad D(x^)|| - 1)^2],  x^ = e x + (1 - e) G(z),  e ~ U[0, 1], one e per sample.

    The norm is Euclidean over all pixels and channels of a sample, sqrt(sum g^2 + eps), since without eps the root has
    no gradient at zero. `form`:

    - `two_sided`: as above (Gulrajani et al. 2017, arXiv 1704.00028);
    - `one_sided`: lambda E[max(0, ||grad|| - 1)^2], WGAN-LP (Petzka et al. 2018, arXiv 1709.08894);
    - `one_sided_unsquared`: lambda E[max(0, ||grad|| - 1)], as lecture notes print it.

    Diagnostic `gradient_norm`: the mean norm at x^, near 1 for a trained critic.
    """

    player = "critic"
    needs_independent_samples = True
    needs_slopes_between = True

    def __init__(
        self,
        *,
        weight: NonNegative,
        form: Literal["two_sided", "one_sided", "one_sided_unsquared"],
        eps: NonNegative = 1e-12,
    ) -> None:
        super().__init__()
        self.weight = weight
        self.form = form
        self.eps = eps

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        if contest.real is None:
            raise ValueError("the gradient penalty needs real samples in its turn")
        norm = (slopes_between(judge, contest).square().sum(1) + self.eps).sqrt()
        excess = norm - 1
        if self.form != "two_sided":
            excess = excess.relu()
        cost = excess if self.form == "one_sided_unsquared" else excess.square()
        return Terms({"gradient_penalty": self.weight * cost.mean()}, {"gradient_norm": norm.detach().mean()})


SLOPES = "slopes_between"


def slopes_between(judge: Judge, contest: Contest) -> Float[Tensor, "b n"]:
    """Returns the `input_gradient` at `interpolate`'s points, which may have been computed together with the scores."""
    found = contest.shared.get(SLOPES)
    return input_gradient(judge, interpolate(contest)) if found is None else found


def interpolate(contest: Contest) -> Float[Tensor, " b *shape"]:
    """Returns a random point on the line between each real sample and its fake partner."""
    assert contest.real is not None
    share = shares(contest.fake, contest.noise)
    return share * contest.real + (1 - share) * contest.fake.detach()


def shares(samples: Float[Tensor, " b *shape"], noise: IndexedNoise) -> Float[Tensor, " b *ones"]:
    """Returns e ~ U[0, 1), one for each sample."""
    return noise.uniform(len(samples), *(1,) * (samples.ndim - 1))
