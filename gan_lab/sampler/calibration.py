"""Calibration of scores to log p_data(x) / p_g(x), and measures of its quality."""

from math import log, sqrt

import torch
from jaxtyping import Float, Int
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
    w = logistic(torch.stack([(score - mean) / std, torch.ones_like(score)], 1), is_real, torch.ones_like(score))
    a = (w[0] / std).item()
    return a, (w[1] - w[0] * mean / std).item() + log(len(fake) / len(real))


def platt_by_class(
    real: Float[Tensor, " n"],
    fake: Float[Tensor, " m"],
    real_class: Int[Tensor, " n"],
    fake_class: Int[Tensor, " m"],
    classes: int,
) -> tuple[float, Float[Tensor, " k"]]:
    """Returns a and b_y of d(s, y) = a s + b_y for samples of class y, fitted as by `platt`.

    A critic that only compares samples within a class determines its scores of each class up to a constant, which b_y
    takes up. sigmoid(d) is the probability of real among samples of all classes, so that d has the data's shares of
    classes. Half a real and half a fake sample are added to each class at its mean score, so that b_y is finite where
    a class has no real samples or no fake ones.
    """
    score, of = double(torch.cat([real, fake])), torch.cat([real_class, fake_class])
    number = torch.zeros(classes).to(score).index_add_(0, of, torch.ones_like(score))
    mean = torch.zeros_like(number).index_add_(0, of, score) / number.clamp(min=1)
    std = (score - mean[of]).std().clamp(min=1e-12)
    every, twice = torch.arange(classes, device=of.device), torch.zeros(2 * classes).to(score)
    whose = F.one_hot(torch.cat([of, every, every]), classes).to(score)
    centred = torch.cat([(score - mean[of]) / std, twice])
    is_real = double(torch.cat([torch.ones_like(real), torch.zeros_like(fake)]))
    is_real = torch.cat([is_real, torch.ones_like(number), torch.zeros_like(number)])
    weight = torch.cat([torch.ones_like(score), twice + 0.5])
    w = logistic(torch.cat([centred[:, None], whose], 1), is_real, weight)
    return (w[0] / std).item(), w[1:] - w[0] * mean / std + log(len(fake) / len(real))


def logistic(
    inputs: Float[Tensor, "n d"], is_real: Float[Tensor, " n"], weight: Float[Tensor, " n"]
) -> Float[Tensor, " d"]:
    """Returns the coefficients of a logistic regression with a small ridge, by Newton's method."""
    w = inputs.new_zeros(inputs.shape[1])
    for _ in range(NEWTON_STEPS):
        p = (inputs @ w).sigmoid()
        gradient = inputs.T @ (weight * (p - is_real)) + RIDGE * w
        hessian = (inputs * (weight * p * (1 - p))[:, None]).T @ inputs + RIDGE * torch.eye(len(w)).to(inputs)
        step = torch.linalg.solve(hessian, gradient)
        # If scores are separable, no finite fit exists; steps are bounded, so d stays finite when they are used up.
        w = w - step / max(1.0, step.abs().max().item())
        if step.abs().max() < 1e-9:
            break
    return w


def isotonic(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> tuple[Float[Tensor, " k"], Float[Tensor, " k"]]:
    """Returns the given scores and the values d there of an increasing step function (isotonic regression).

    The increasing function that fits best is constant on blocks of scores. A block with R of the n reals and F of the m
    fakes gets d = log((R / n + e) / (F / m + e)), e = (1 / n + 1 / m) / 4, which is half a count where n = m: a block
    of one real alone would be infinite otherwise, and such a block says little. Where this breaks the order, d is made
    increasing by another such fit. Turner et al. 2019 (arXiv 1811.11357) found isotonic regression best for rejection.
    It has no useful gradient. *Deviation:* theirs interpolates linearly between scores and leaves probabilities at 0
    and 1.
    """
    n, m = len(real), len(fake)
    score, inverse = double(torch.cat([real, fake])).unique(return_inverse=True)
    reals = torch.zeros_like(score).index_add_(0, inverse[:n], torch.full_like(inverse[:n], 1 / n, dtype=score.dtype))
    fakes = torch.zeros_like(score).index_add_(0, inverse[n:], torch.full_like(inverse[n:], 1 / m, dtype=score.dtype))
    share = increasing(reals / (reals + fakes), reals + fakes).round(decimals=12)  # equal blocks are one
    _, block = share.unique_consecutive(return_inverse=True)
    of_block = torch.zeros_like(score).index_add(0, block, reals), torch.zeros_like(score).index_add(0, block, fakes)
    least = (1 / n + 1 / m) / 4
    d = ((of_block[0] + least) / (of_block[1] + least)).log()[block]
    return score, increasing(d, reals + fakes)


def increasing(values: Float[Tensor, " k"], weight: Float[Tensor, " k"]) -> Float[Tensor, " k"]:
    """Returns the increasing sequence with the least weighted squared distance from the values."""
    found = isotonic_regression(values.cpu().numpy(), sample_weight=weight.cpu().numpy())
    return torch.as_tensor(found).to(values)


def interpolated(s: Float[Tensor, " b"], scores: Float[Tensor, " k"], d: Float[Tensor, " k"]) -> Float[Tensor, " b"]:
    """Returns the d of the largest of `scores` that is not above s, or of the smallest if all are above s."""
    position = torch.searchsorted(scores, double(s.detach()), right=True) - 1
    return d[position.clamp(min=0)].to(s)


def quality(real: Float[Tensor, " n"], fake: Float[Tensor, " m"], fitted: int | None = None) -> dict[str, float]:
    """Returns measures of the quality of log-ratios d of held-out samples, with reals and fakes weighted equally.

    With p = sigmoid(d) and y = 1 for real: `z`, sum(y - p) / sd, within +-2 in 95 % of cases if p is calibrated;
    `log_loss`, which is log 2 for p = 1/2; `auc`, see `auc`; `ece`, the mean distance between p and the share of reals
    over 20 bins of p. With n reals and n fakes, sd^2 = n (1 + n / f) (Var p(real) + Var p(fake)), where d was fitted to
    f = `fitted` others of each: the fit has the right sum of p on those. None stands for a d that was not fitted.
    Source: Turner et al. 2019. *Deviation:* their sd^2 is sum p (1 - p), that of random counts of reals and fakes; at
    fixed counts it is far too large for a weak critic, whose z it keeps near 0.
    """
    real, fake = double(real), double(fake)
    n = min(len(real), len(fake))
    d, y = torch.cat([real[:n], fake[:n]]), torch.cat([torch.ones(n), torch.zeros(n)]).to(real)
    p = d.sigmoid()
    within = p[:n].var(correction=0) + p[n:].var(correction=0)
    deviation = (n * within * (1 + (n / fitted if fitted else 0))).sqrt()
    z = (y - p).sum() / deviation.clamp(min=1e-6)
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


def deviation_of_auc(n: int) -> float:
    """Returns the standard deviation of `auc` over n real and n fake samples of one distribution, without ties:
    sqrt((2 n + 1) / (12 n^2)). Source: Mann & Whitney 1947."""
    return sqrt((2 * n + 1) / (12 * n * n))


def effective_share(log_weights: Float[Tensor, " n"]) -> float:
    """Returns (sum w)^2 / (n sum w^2), the effective sample size as a share of the number of samples."""
    log_weights = double(log_weights)
    twice = 2 * log_weights.logsumexp(0) - (2 * log_weights).logsumexp(0)
    return twice.exp().item() / len(log_weights)
