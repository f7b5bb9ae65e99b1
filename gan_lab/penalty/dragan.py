"""The gradient penalty of DRAGAN."""

from typing import Literal, final

from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import NonNegative
from gan_lab.penalty.base import Penalty, input_gradient
from gan_lab.types import Contest, Judge, Terms


@final
class DRAGANPenalty(Penalty):
    """lambda E[(||grad D(x + d)|| - 1)^2],  x real,  d noise of at most sigma/2 in every value.

    Fakes are not used: steep slopes around the data occur at local equilibria where the generator has collapsed. sigma
    is the standard deviation of all values of this process's real batch; u ~ U[0, 1) for every value. `noise`:

    - `centred`: d = sigma (u - 1/2), and x + d is clipped to the range of the batch (as in compare_gan of Google);
    - `positive`: d = a sigma u / 2 with one a ~ U[0, 1) per sample (as in the authors' notebook).

    The norm is sqrt(sum g^2 + eps), since without eps the root has no gradient at zero. Diagnostic
    `gradient_norm_near_real`: the mean norm at x + d.
    Source: Kodali et al. 2017, arXiv 1705.07215. Deviation: the paper's text has Gaussian noise.
    """

    player = "critic"
    needs_independent_samples = True

    def __init__(self, *, weight: NonNegative, noise: Literal["centred", "positive"], eps: NonNegative = 1e-12) -> None:
        super().__init__()
        self.weight = weight
        self.noise = noise
        self.eps = eps

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        norm = (input_gradient(judge, self.around_real(contest)).square().sum(1) + self.eps).sqrt()
        cost = (norm - 1).square().mean()
        return Terms({"dragan_penalty": self.weight * cost}, {"gradient_norm_near_real": norm.detach().mean()})

    def around_real(self, contest: Contest) -> Float[Tensor, " b *shape"]:
        """Returns a random point near each real sample."""
        if contest.real is None:
            raise ValueError("the DRAGAN penalty needs real samples in its turn")
        real, (batch, *shape) = contest.real, contest.real.shape
        spread = real.std() * contest.noise.uniform(batch, *shape)
        if self.noise == "centred":
            return (real + spread - real.std() / 2).clamp(real.min(), real.max())
        return real + contest.noise.uniform(batch, *(1,) * len(shape)) * spread / 2
