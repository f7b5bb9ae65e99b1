"""The consistency term of CT-GAN."""

from typing import final

from gan_lab.domains import NonNegative
from gan_lab.penalty.base import Penalty
from gan_lab.types import Contest, Judge, Terms


@final
class Consistency(Penalty):
    """E max(0, lambda [(D(x') - D(x''))^2 + a mean_j (h_j(x') - h_j(x''))^2] - m),  x real, a = 0.1.

    x' and x'' are the same real sample under two independent dropout masks, without other noise; h are the critic's
    features after dropout. The penalty keeps the critic smooth at the data. The gradient penalty applies at random
    points between real and fake samples, rarely near the data, so use both. With dropout 0 this penalty is 0.

    `weight` is lambda, `feature_weight` a, `margin` m. Diagnostic `dropout_distance`: E |D(x') - D(x'')|.

    Source: Wei et al. 2018, arXiv 1803.01541. Deviations: lambda is inside the maximum, as in the authors' code. Source
    document 000 describes perturbed real data and their gradients instead, which is `DRAGANPenalty`.
    """

    player = "critic"
    needs_dropout = True

    def __init__(self, *, weight: NonNegative, feature_weight: NonNegative, margin: NonNegative) -> None:
        super().__init__()
        self.weight = weight
        self.feature_weight = feature_weight
        self.margin = margin

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        if contest.real is None:
            raise ValueError("the consistency term needs real samples in its turn")
        first, second = judge(contest.real), judge(contest.real)
        scores = (first.score - second.score).square().sum(1)
        features = (first.features - second.features).square().mean(1)
        cost = (self.weight * (scores + self.feature_weight * features) - self.margin).relu()
        return Terms({"consistency": cost.mean()}, {"dropout_distance": scores.detach().sqrt().mean()})
