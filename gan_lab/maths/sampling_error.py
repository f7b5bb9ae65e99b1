"""How much a statistic would differ for other samples of the same law: its standard deviation, by resampling."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gan_lab.noise import seed_of

BLOCKS = 64
"""Blocks of samples that are put into halves: the deviation of 63 balanced halvings has a relative error of 9 %."""
HALVINGS = 200
"""Random halvings of counts: a relative error of 5 %."""


def standard_error(*influences: Float[Tensor, " _"]) -> float:
    """Returns the standard deviation of a statistic of several independent sets of samples, from their influences.

    `influences` has a vector for each set: the derivative of the statistic with respect to the weight of each sample,
    up to a constant. The deviation is √(Σ s² / n) over the sets, NaN for sets of one sample. It is the deviation of a
    bootstrap in the limit of small changes of the weights: the infinitesimal jackknife (Jaeckel 1972; Efron 1982, The
    jackknife, the bootstrap and other resampling plans).
    """
    if any(len(each) < 2 for each in influences):
        return math.nan
    return torch.stack([each.double().var() / len(each) for each in influences]).sum().sqrt().item()


def deviation_of_halves(ones: Float[Tensor, " halvings"], others: Float[Tensor, " halvings"]) -> float:
    """Returns the standard deviation of a statistic of all samples from its values for halves of them.

    It is the root of the mean over halvings of ((a - b) / 2)². The two halves of a set of independent samples are
    independent, so ((a - b) / 2)² is half the variance of a value of half of the samples, without bias and whatever the
    statistic is. That is the variance of a value of all samples where variances fall with 1/n. Where the statistic has
    no linear part, as the distance between two sets of one law has not, its variance falls with 1/n², and the deviation
    is √2 times too large. No sample occurs twice, as in the bootstrap with replacement, where a sample may be its own
    nearest neighbour. This is a bootstrap with weights 0 and 2 (Præstgaard & Wellner 1993, Annals of Probability 21).
    """
    return ((ones - others) / 2).square().mean().sqrt().item()


def balanced_halves(n: int, blocks: int, *key: int | str) -> Bool[Tensor, "halvings n"]:
    """Returns blocks - 1 halvings of n samples: which samples are in the first half, the others being in the second.

    Samples are put at random, seeded by the key, into `blocks` blocks of equal size (up to one sample). The halves of
    the blocks are rows of a Hadamard matrix: two halvings agree on half of the blocks. So the mean over halvings of
    ((a - b) / 2)², for means a and b, is the variance of the blocks' means divided by their number, without an error of
    its own. McCarthy 1969, Pseudo-replication: half samples (Review of the International Statistical Institute 37).

    `blocks` is a power of two, at most n.
    """
    signs = torch.ones(1, 1, dtype=torch.int8)
    while len(signs) < blocks:
        signs = torch.cat([torch.cat([signs, signs], 1), torch.cat([signs, -signs], 1)])  # Sylvester's construction
    generator = torch.Generator().manual_seed(seed_of("halves", *key))
    order, column = (torch.randperm(count, generator=generator) for count in (n, blocks))
    place = torch.empty_like(order)
    place[order] = torch.arange(n) * blocks // n
    return (signs[1:] > 0)[:, column[place]]  # in random columns, so that larger blocks are not in one half


def blocks_of(n: int) -> int:
    """Returns the number of blocks of n samples: the largest power of two that is at most `BLOCKS` and n."""
    return min(BLOCKS, 1 << (n.bit_length() - 1))


def deviations_of_counts(statistic: Callable[..., dict[str, float]], *sides: Int[Tensor, " _"]) -> dict[str, float]:
    """Returns the standard deviation of each value of `statistic(*sides)`, where each side is the counts of independent
    samples in classes: `deviation_of_halves` of random halves of each side, on the CPU. It is empty where a side has
    fewer than two samples."""
    if any(side.sum() < 2 for side in sides):
        return {}
    halves = [halved_counts(side.cpu(), place) for place, side in enumerate(sides)]
    found = [[statistic(*half) for half in zip(*halving, strict=True)] for halving in zip(*halves, strict=True)]
    return {
        name: deviation_of_halves(*(torch.tensor([half[name] for half in each]) for each in zip(*found, strict=True)))
        for name in found[0][0]
    }


def halved_counts(counts: Int[Tensor, " k"], key: int) -> Iterator[tuple[Int[Tensor, " k"], Int[Tensor, " k"]]]:
    """Yields the counts in both halves, for random halvings of as many samples, seeded by the key."""
    generator = np.random.default_rng(seed_of("halved counts", key))
    there = counts.numpy()
    for half in generator.multivariate_hypergeometric(there, int(there.sum()) // 2, size=HALVINGS):
        one = torch.from_numpy(half)
        yield one, counts - one
