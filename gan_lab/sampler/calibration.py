"""Calibration of scores to log p_data(x) / p_g(x), and measures of its quality."""

from math import log

import torch
from jaxtyping import Float
from sklearn.isotonic import isotonic_regression
from torch import Tensor
from torch.nn import functional as F

from gan_lab.maths.float64 import double

NEWTON_STEPS = 30
RIDGE = 1e-6
BINS = 20


def platt(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> tuple[float, float]:
    """Returns a and b of d(s) = a s + b, fitted by logistic regression of real against fake scores.

    sigmoid(d) is the probability of real if both are equally frequent. The fit uses Newton's method on standardised
    scores with a ridge of 1e-6; if the counts differ, log(m / n) is added to b. Source: Platt 1999.
    """
    score = double(torch.cat([real, fake]))
    is_real = double(torch.cat([torch.ones_like(real), torch.zeros_like(fake)]))
    mean, std = score.mean(), score.std().clamp(min=1e-12)
    inputs = torch.stack([(score - mean) / std, torch.ones_like(score)], 1)
    w = inputs.new_zeros(2)
    for _ in range(NEWTON_STEPS):
        p = (inputs @ w).sigmoid()
        gradient = inputs.T @ (p - is_real) + RIDGE * w
        hessian = (inputs * (p * (1 - p))[:, None]).T @ inputs + RIDGE * torch.eye(2).to(inputs)
        step = torch.linalg.solve(hessian, gradient)
        # If scores are separable, no finite fit exists; steps are bounded, so d stays finite when they are used up.
        w = w - step / max(1.0, step.abs().max().item())
        if step.abs().max() < 1e-9:
            break
    a = (w[0] / std).item()
    return a, (w[1] - w[0] * mean / std).item() + log(len(fake) / len(real))


def isotonic(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> tuple[Float[Tensor, " k"], Float[Tensor, " k"]]:
    """Returns the given scores and the values d there of the increasing function that fits best (isotonic regression).

    Its probabilities of real are kept 1 / (n + m + 2) away from 0 and 1, where log-ratios would be infinite. Turner et
    al. 2019 (arXiv 1811.11357) found it best for rejection. It is piecewise constant, so it has no useful gradient.
    """
    score = double(torch.cat([real, fake]))
    is_real = double(torch.cat([torch.ones_like(real) / len(real), torch.zeros_like(fake)]))
    weight = double(torch.cat([torch.ones_like(real) / len(real), torch.ones_like(fake) / len(fake)]))
    score, inverse = score.unique(return_inverse=True)
    total = torch.zeros_like(score).index_add_(0, inverse, weight)
    share = torch.zeros_like(score).index_add_(0, inverse, is_real) / total
    p = isotonic_regression(share.cpu().numpy(), sample_weight=total.cpu().numpy())
    least = 1 / (len(real) + len(fake) + 2)
    return score, torch.as_tensor(p).to(score).clamp(least, 1 - least).logit()


def interpolated(s: Float[Tensor, " b"], scores: Float[Tensor, " k"], d: Float[Tensor, " k"]) -> Float[Tensor, " b"]:
    """Returns the d of the largest of `scores` that is not above s, or of the smallest if all are above s."""
    position = torch.searchsorted(scores, double(s.detach()), right=True) - 1
    return d[position.clamp(min=0)].to(s)


def quality(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> dict[str, float]:
    """Returns measures of the quality of log-ratios d of held-out samples, with reals and fakes weighted equally.

    With p = sigmoid(d) and y = 1 for real: `z`, sum(y - p) / sqrt(sum p (1 - p)), within +-2 if p is calibrated (Turner
    et al. 2019); `log_loss`, which is log 2 for p = 1/2; `auc`, see `auc`; `ece`, the mean distance between p and the
    share of reals over 20 bins of p.
    """
    real, fake = double(real), double(fake)
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
    """Returns P(a real sample has the higher value) + P(both are equal) / 2, over all pairs."""
    ordered = fake.sort().values
    below = torch.searchsorted(ordered, real).double()
    not_above = torch.searchsorted(ordered, real, right=True).double()
    return ((below + not_above) / 2).mean().item() / len(fake)


def effective_share(log_weights: Float[Tensor, " n"]) -> float:
    """Returns (sum w)^2 / (n sum w^2), the effective sample size as a share of the number of samples."""
    log_weights = double(log_weights)
    twice = 2 * log_weights.logsumexp(0) - (2 * log_weights).logsumexp(0)
    return twice.exp().item() / len(log_weights)
