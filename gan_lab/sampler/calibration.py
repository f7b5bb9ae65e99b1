"""From scores of real and generated samples to log p_data(x) / p_g(x): fits in one dimension, and their worth."""

from math import log

import torch
from jaxtyping import Float
from sklearn.isotonic import isotonic_regression
from torch import Tensor
from torch.nn import functional as F

NEWTON_STEPS = 30
RIDGE = 1e-6
BINS = 20


def platt(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> tuple[float, float]:
    """(a, b) of d(s) = a s + b: logistic regression of real against fake, so that sigmoid(d) is the probability of real
    where both are equally many.

    Newton's method on standardised scores with a ridge of 1e-6; log(m / n) is added to b where the counts differ.
    Source: Platt 1999.
    """
    score = torch.cat([real, fake]).double()
    is_real = torch.cat([torch.ones_like(real), torch.zeros_like(fake)]).double()
    mean, std = score.mean(), score.std().clamp(min=1e-12)
    inputs = torch.stack([(score - mean) / std, torch.ones_like(score)], 1)
    w = inputs.new_zeros(2)
    for _ in range(NEWTON_STEPS):
        p = (inputs @ w).sigmoid()
        gradient = inputs.T @ (p - is_real) + RIDGE * w
        hessian = (inputs * (p * (1 - p))[:, None]).T @ inputs + RIDGE * torch.eye(2).to(inputs)
        step = torch.linalg.solve(hessian, gradient)
        # Separable scores have no finite fit: the step is bounded, and d grows until the steps are used up.
        w = w - step / max(1.0, step.abs().max().item())
        if step.abs().max() < 1e-9:
            break
    a = (w[0] / std).item()
    return a, (w[1] - w[0] * mean / std).item() + log(len(fake) / len(real))


def isotonic(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> tuple[Float[Tensor, " k"], Float[Tensor, " k"]]:
    """(scores, d): the increasing function of the score that fits best, at the scores seen.

    Its probabilities of real are kept 1 / (n + m + 2) away from 0 and 1, where log-ratios would be infinite. The best
    calibration of accept and reject by Turner et al. 2019 (arXiv 1811.11357); it is piecewise constant and of no use to
    a gradient.
    """
    score = torch.cat([real, fake]).double()
    is_real = torch.cat([torch.ones_like(real) / len(real), torch.zeros_like(fake)]).double()
    weight = torch.cat([torch.ones_like(real) / len(real), torch.ones_like(fake) / len(fake)]).double()
    score, inverse = score.unique(return_inverse=True)
    total = torch.zeros_like(score).index_add_(0, inverse, weight)
    share = torch.zeros_like(score).index_add_(0, inverse, is_real) / total
    p = isotonic_regression(share.cpu().numpy(), sample_weight=total.cpu().numpy())
    least = 1 / (len(real) + len(fake) + 2)
    return score, torch.as_tensor(p).to(score).clamp(least, 1 - least).logit()


def interpolated(s: Float[Tensor, " b"], scores: Float[Tensor, " k"], d: Float[Tensor, " k"]) -> Float[Tensor, " b"]:
    """d of the nearest seen score that is not above s; of the lowest one for what lies below all."""
    position = torch.searchsorted(scores, s.detach().to(scores), right=True) - 1
    return d[position.clamp(min=0)].to(s.dtype)


def quality(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> dict[str, float]:
    """What log-ratios d of samples that were not fitted are worth, for equal counts of real and fake.

    `z`: sum(y - p) / sqrt(sum p (1 - p)) with p = sigmoid(d), within +-2 where p is a probability (Turner et al. 2019);
    `log_loss`, and log 2 is a coin's; `auc`, the share of pairs with the real one higher, ties half; `ece`, the mean
    distance of p and the share of reals over 20 bins of p.
    """
    real, fake = real.double(), fake.double()
    n = min(len(real), len(fake))
    d, y = torch.cat([real[:n], fake[:n]]), torch.cat([torch.ones(n), torch.zeros(n)]).to(real)
    p = d.sigmoid()
    z = (y - p).sum() / (p * (1 - p)).sum().clamp(min=1e-12).sqrt()
    bins = (p * BINS).long().clamp(max=BINS - 1)
    apart = torch.zeros(BINS).to(p).index_add_(0, bins, y - p).abs().sum() / len(p)
    return {
        "z": z.item(),
        "log_loss": F.binary_cross_entropy_with_logits(d, y).item(),
        "auc": auc(real, fake),
        "ece": apart.item(),
    }


def auc(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> float:
    """P(a real sample has the higher value) + P(both are equal) / 2, over all pairs."""
    ordered = fake.sort().values
    below = torch.searchsorted(ordered, real).double()
    not_above = torch.searchsorted(ordered, real, right=True).double()
    return ((below + not_above) / 2).mean().item() / len(fake)


def effective_share(log_weights: Float[Tensor, " n"]) -> float:
    """(sum w)^2 / (n sum w^2): which share of the samples carries the weight."""
    twice = 2 * log_weights.double().logsumexp(0) - (2 * log_weights.double()).logsumexp(0)
    return twice.exp().item() / len(log_weights)
