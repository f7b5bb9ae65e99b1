from math import comb

import numpy as np
import pytest
import torch
from scipy.stats import beta, binom, kstest
from torch import Tensor

from gan_lab.metric.c2st import ClassifierTwoSampleTest, accuracy_test, held_out_answers
from gan_lab.metric.features import Features, Reference


def noise(seed: int, n: int, low: int = 0, high: int = 256, size: int = 4) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(low, high, (n, 1, size, size), generator=generator, dtype=torch.uint8)


def seen(images: Tensor) -> Features:
    return Features(torch.zeros(len(images), 1), images=images)


def metric_of(real: Tensor) -> ClassifierTwoSampleTest:
    metric = ClassifierTwoSampleTest()
    metric.set_reference(Reference(seen(real)))
    return metric


def test_values_by_hand() -> None:
    found = accuracy_test(15, 20)
    assert found["c2st"] == 0.75
    assert found["c2st_p"] == pytest.approx(sum(comb(20, k) for k in range(15, 21)) / 2**20, rel=1e-12)
    assert found["c2st_low"] == pytest.approx(beta.ppf(0.025, 15, 6), rel=1e-9)
    assert found["c2st_high"] == pytest.approx(beta.ppf(0.975, 16, 5), rel=1e-9)
    assert tuple(found) == ClassifierTwoSampleTest.keys


def test_no_answer_right_and_all_right() -> None:
    assert accuracy_test(0, 12)["c2st_p"] == 1.0
    assert accuracy_test(12, 12)["c2st_p"] == pytest.approx(2**-12)
    assert (accuracy_test(0, 12)["c2st_low"], accuracy_test(12, 12)["c2st_high"]) == (0.0, 1.0)


def test_dark_images_are_told_from_bright_ones() -> None:
    found = metric_of(noise(0, 60, 0, 100)).of(seen(noise(1, 50, 130, 256)))
    assert found["c2st"] == 1.0
    assert found["c2st_p"] == pytest.approx(2.0**-50)  # 25 of each side were held out


def test_answers_to_draws_of_one_law_are_binomial() -> None:
    """p-values are uniform: of a discrete law, those between the value and the next smaller one, at random."""
    asked, repeats = 40, 60
    found = [held_out_answers(noise(2 * i, 40), noise(2 * i + 1, 40), f"{i}", steps=10) for i in range(repeats)]
    assert {n for _, n in found} == {asked}
    right = np.array([answers for answers, _ in found])
    above, chance = binom.sf(right, asked, 0.5), np.random.default_rng(0).random(repeats)
    assert kstest(above + chance * binom.pmf(right, asked, 0.5), "uniform").pvalue > 1e-3
    assert right.var() < asked / 4 * (1 + 4 * (2 / repeats) ** 0.5)


def test_the_larger_side_gives_as_many_as_the_smaller_one() -> None:
    assert held_out_answers(noise(0, 100), noise(1, 21), steps=1)[1] == 2 * 11
    assert held_out_answers(noise(0, 20), noise(1, 90), steps=1)[1] == 2 * 10


def test_it_is_repeatable_and_leaves_the_random_state_alone() -> None:
    metric, fake = metric_of(noise(0, 40)), seen(noise(1, 40))
    state = torch.get_rng_state()
    with torch.inference_mode():  # as an evaluation calls it
        one = metric.of(fake)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(7)
    assert metric.of(fake) == one


def test_updates_are_gathered() -> None:
    metric, fake = metric_of(noise(0, 40)), noise(1, 40)
    metric.update(seen(fake[:30]))
    metric.update(seen(fake[30:]))
    assert metric.compute() == metric.of(seen(fake))


def test_features_alone_are_refused() -> None:
    with pytest.raises(ValueError, match="a test on pixels needs images"):
        ClassifierTwoSampleTest().set_reference(Reference(Features(torch.zeros(5, 2))))


def test_one_image_is_too_few() -> None:
    with pytest.raises(ValueError, match="2 images of each side or more, not 1"):
        held_out_answers(noise(0, 5), noise(1, 1))
