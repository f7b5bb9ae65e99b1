"""The mathematics of four variants as one writes it by hand: losses of scores, nothing else."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.benchmarks.loops.networks import NETWORKS, OURS, Critic


@dataclass(frozen=True)
class Variant:
    """What the scripts must know of a variant: its loss, settings and nets."""

    n_critic: int = 1
    lr: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    gradient_penalty: bool = False
    consistency: bool = False
    mixture: bool = False
    dropout: float = 0.0
    norm: bool = True

    @property
    def outputs(self) -> int:
        return 10 if self.mixture else 1


WGAN: dict[str, Any] = {"n_critic": 5, "lr": 1e-4, "betas": (0.0, 0.9), "gradient_penalty": True}
VARIANTS = {
    "gan": Variant(),
    "wgan_gp": Variant(**WGAN),
    "ct_gan": Variant(**WGAN, consistency=True, dropout=0.5),
    "gmgan_dynamic": Variant(mixture=True, dropout=0.3, norm=False),
}
PAIRS = [(name, network) for network in NETWORKS for name in VARIANTS if network in OURS or name == "wgan_gp"]
"""The variants and networks that are compared."""


class Prior(nn.Module):
    """Normal codes, or those of ten Gaussians whose means and deviations are trained."""

    def __init__(self, mixture: bool) -> None:
        super().__init__()
        if mixture:
            self.means = nn.Parameter(torch.rand(10, 100) * 2 - 1)
            self.rho = nn.Parameter(torch.full((10, 100), 0.82))
        self.mixture = mixture

    def forward(self, n: int, device: torch.device) -> tuple[Tensor, Tensor | None]:
        z = torch.randn(n, 100, device=device)
        if not self.mixture:
            return z, None
        k = torch.randint(10, (n,), device=device)
        return self.means[k] + F.softplus(self.rho)[k] * z, k


def critic_loss(variant: Variant, real: Tensor, fake: Tensor, labels: Tensor) -> Tensor:
    """Of the scores of reals and fakes."""
    if variant.mixture:
        one_hot = F.one_hot(labels, 10).float()
        on_real = F.binary_cross_entropy_with_logits(real, one_hot, reduction="none").sum(1).mean()
        return on_real + F.softplus(fake).sum(1).mean()
    if variant.gradient_penalty:
        return fake.mean() - real.mean()
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def generator_loss(variant: Variant, fake: Tensor, component: Tensor | None) -> Tensor:
    """Of the scores of fakes."""
    if component is not None:
        one_hot = F.one_hot(component, 10).float()
        return F.binary_cross_entropy_with_logits(fake, one_hot, reduction="none").sum(1).mean()
    return -fake.mean() if variant.gradient_penalty else F.softplus(-fake).mean()


def gradient_penalty(critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
    """10 (||grad D(x^)|| - 1)^2 on lines between reals and fakes."""
    share = torch.rand(len(real), 1, 1, 1, device=real.device)
    between = (share * real + (1 - share) * fake).requires_grad_()
    scores = critic(between)[0]
    (gradient,) = torch.autograd.grad(scores, between, torch.ones_like(scores), create_graph=True, retain_graph=True)
    return 10 * ((gradient.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


def consistency(critic: Critic, real: Tensor) -> Tensor:
    """CT-GAN's term: the same reals under two dropout masks."""
    (score, features), (score2, features2) = critic(real), critic(real)
    distance = ((score - score2) ** 2).sum(1) + 0.1 * ((features - features2) ** 2).mean(1)
    return F.relu(2 * distance).mean()
