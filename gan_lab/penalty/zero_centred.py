"""The zero-centred gradient penalties R1 and R2."""

from typing import Literal, final

from gan_lab.domains import NonNegative
from gan_lab.penalty.base import Penalty, input_gradient
from gan_lab.types import Contest, Judge, Terms


@final
class ZeroCentredPenalty(Penalty):
    """R1 = gamma/2 E ||grad D(x)||^2 on real x,  R2 = gamma/2 E ||grad D(G(z))||^2 on fakes.

    The penalty flattens the critic at the data, where it is flat in the equilibrium of the game. Near the equilibrium,
    gradient steps then converge to it, which those of WGAN-GP and of GANs without penalty need not do.

    `at` is `real` for R1 and `fake` for R2. Diagnostic `gradient_norm_real` or `gradient_norm_fake`: the mean norm.
    Source: Mescheder et al. 2018, arXiv 1801.04406. Deviation: the authors' code has no factor 1/2, so its 10 is
    gamma = 20.
    """

    player = "critic"
    needs_independent_samples = True
    squares_gradient = True

    def __init__(self, *, gamma: NonNegative, at: Literal["real", "fake"]) -> None:
        super().__init__()
        self.gamma = gamma
        self.at = at

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        points = contest.real if self.at == "real" else contest.fake
        if points is None:
            raise ValueError("R1 needs real samples in its turn")
        squares = input_gradient(judge, points).square().sum(1)
        return Terms(
            {"r1" if self.at == "real" else "r2": self.gamma / 2 * squares.mean()},
            {f"gradient_norm_{self.at}": squares.detach().sqrt().mean()},
        )
