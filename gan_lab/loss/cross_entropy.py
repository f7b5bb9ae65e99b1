"""The binary cross-entropy that several losses give their critic."""

from torch.nn import functional as F

from gan_lab.loss.base import judged_real, score_diagnostics
from gan_lab.types import Contest, Terms


def cross_entropy_critic(contest: Contest) -> Terms:
    """L_D = E softplus(-r) + E softplus(f): -log D(x) - log(1 - D(G(z))) for D = sigmoid(score), without overflow.

    Diagnostic `accuracy`: the share of samples on the right side of score 0, both sides counting alike.
    """
    real, fake = judged_real(contest), contest.on_fake.score
    accuracy = ((real > 0).float().mean() + (fake < 0).float().mean()) / 2
    return Terms(
        {"real": F.softplus(-real).mean(), "fake": F.softplus(fake).mean()},
        score_diagnostics(real, fake) | {"accuracy": accuracy},
    )
