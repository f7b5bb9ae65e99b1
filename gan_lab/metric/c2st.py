"""A two-sample test by a classifier of pixels."""

from typing import final

import torch
from jaxtyping import UInt8
from torch import Tensor

from gan_lab.distributed.ranks import share, total
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.metric.small_classifier import classify, train_small_classifier
from gan_lab.noise import seed_of

LEAST = 20
"""Images of each side: with 10 of each to test, 15 of 20 right are needed for p < .05."""
CONFIDENCE = 0.95


@final
class ClassifierTwoSampleTest(GatheredMetric):
    """`c2st`: how well a classifier that sees pixels tells generated images from real ones that it was not trained on.

    Half of the real and of the generated images train a classifier of the two kinds (`small_classifier`); `c2st` is
    its accuracy t on the other halves, of which there are N images, as many of either kind. It is 1/2 if nothing tells
    them apart, and 1 if everything does. It does not use the extractor. Lopez-Paz & Oquab 2017 (arXiv 1610.06545).

    `c2st_p` is P(B ≥ N t) for B ~ Binomial(N, 1/2), the probability of so many right answers or more if both kinds
    have one distribution: a small value says that they differ, a large one that this classifier, with so many images,
    found no difference. `c2st_low` and `c2st_high` are the exact (Clopper-Pearson) 95 % interval of the accuracy. These
    three take answers as independent, and are left out for data whose samples are not.

    Compare it with the floor, for which training images take the place of generated ones: two finite sets of real
    images may differ too, as MNIST's training and test images do.

    *Deviations:* the p-value is exact, not that of the normal approximation. Both kinds are equally frequent in the
    test by design instead of by chance, with which answers vary no more than the binomial ones, so that the p-value is
    at most too large (Hoeffding 1956, On the distribution of the number of successes in independent trials).
    """

    keys = ("c2st", "c2st_p", "c2st_low", "c2st_high")
    of_independent = ("c2st_p", "c2st_low", "c2st_high")

    def least(self) -> dict[str, int]:
        return dict.fromkeys(self.keys, LEAST)

    def compute(self) -> dict[str, float]:
        fake = self.gathered()
        right = torch.zeros(2, dtype=torch.int64, device=fake.device)
        for _ in share(range(1)):  # the first rank trains, and tells the others
            right = torch.tensor(held_out_answers(self._real_images, fake), device=fake.device)
        return accuracy_test(*total(right).tolist())

    def _kept(self, fake: Features) -> Tensor:
        assert fake.images is not None
        return fake.images

    def _nothing(self) -> Tensor:
        return self._real_images[:0]

    def _take_real(self, reference: Reference) -> None:
        if reference.real.images is None:
            raise ValueError("a test on pixels needs images, not features alone")
        self._real_images = reference.real.images


def held_out_answers(
    real: UInt8[Tensor, "n c h w"], fake: UInt8[Tensor, "m c h w"], key: str = "c2st", steps: int | None = None
) -> tuple[int, int]:
    """Returns how many held-out images a classifier of real and fake ones gets right, and how many it was asked.

    Takes as many of each side, at random and divided at random into two halves, by `key`. `steps` is another number
    of training steps than that of `train_small_classifier`. Raises ValueError for fewer
    than two images of a side.
    """
    n = min(len(real), len(fake))
    if n < 2:
        raise ValueError(f"a classifier two-sample test needs 2 images of each side or more, not {n}")
    generator = torch.Generator().manual_seed(seed_of("held-out half", key))
    sides = [side.cpu()[torch.randperm(len(side), generator=generator)[:n]] for side in (real, fake)]
    border = n // 2
    classifier = train_small_classifier(
        torch.cat([side[:border] for side in sides]),
        torch.arange(2).repeat_interleave(border),
        classes=2,
        key=key,
        steps=steps,
    )
    right = sum(int((classify(classifier, side[border:]) == kind).sum()) for kind, side in enumerate(sides))
    return right, 2 * (n - border)


def accuracy_test(right: int, asked: int) -> dict[str, float]:
    """Returns the four values of `ClassifierTwoSampleTest` from the number of right answers among those asked."""
    from scipy.stats import binomtest  # slow to import, and nothing before the first evaluation needs it

    test = binomtest(right, asked, 0.5, alternative="greater")
    interval = binomtest(right, asked).proportion_ci(CONFIDENCE, method="exact")
    values = (right / asked, test.pvalue, interval.low, interval.high)
    return dict(zip(ClassifierTwoSampleTest.keys, map(float, values), strict=True))
