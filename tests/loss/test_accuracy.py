"""How often the critic is right, which every loss tells."""

from math import log
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.loss.base import right_sides
from gan_lab.loss.non_saturating import NonSaturating
from tests.config.test_conf import options
from tests.contests import contest
from tests.fixtures import Compose

LABELS = torch.tensor([0, 1, 2, 1])


def scores_of(loss: Any, level: float) -> torch.Tensor:
    """Scores [4 k] that are at `level` for every class; for a softmax against "fake" that is the difference to it."""
    scores = torch.full((4, loss.outputs), level)
    if type(loss).__name__ == "ClassSoftmax":
        scores[:, -1] = -level
    return scores


@pytest.mark.parametrize("name", options("loss"))
def test_a_critic_that_is_always_right_and_one_that_is_always_wrong(composed: Compose, name: str) -> None:
    model = "gmgan_static" if name.startswith("class_") else "gan"
    loss = build(composed(f"model={model}", f"loss={name}")["model"]["loss"], "loss")
    high, low = scores_of(loss, 4.0), scores_of(loss, -8.0)
    mirrored = 1.0 if loss.compares_batches else 0.0  # features that are apart can be told apart in any order
    for real, fake, expected in ((high, low, 1.0), (low, high, mirrored)):
        terms = loss.critic(contest(real, fake, labels=LABELS, component=LABELS))
        assert terms.diagnostics["accuracy"] == expected


def test_without_a_level_pairs_count_and_with_one_each_side() -> None:
    real, fake = torch.tensor([3.0, 1.0, -1.0, 5.0]), torch.tensor([2.0, 2.0, -2.0, -9.0])
    assert right_sides(real, fake) == pytest.approx((3 / 4 + 2 / 4) / 2)


def test_the_jensen_shannon_bound_is_tight_for_the_best_critic_and_log_2_for_disjoint_data() -> None:
    """p = N(0, 1), q = N(1, 1): the best score is 1/2 - x, JSD = log 2 - 1.163451 / 2."""
    generator = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(400_000, generator=generator) + mean for mean in (0.0, 1.0))
    bound = NonSaturating().critic(contest(0.5 - real, 0.5 - fake)).diagnostics["jensen_shannon_bound"]
    assert bound == pytest.approx(log(2) - 1.163451 / 2, abs=2e-3)
    worse = NonSaturating().critic(contest(0.2 - real, 0.2 - fake)).diagnostics["jensen_shannon_bound"]
    assert worse < bound - 5e-3
    apart = NonSaturating().critic(contest(torch.full((4,), 50.0), torch.full((4,), -50.0))).diagnostics
    assert apart["jensen_shannon_bound"] == pytest.approx(log(2))
    assert "jensen_shannon_bound" not in NonSaturating(real_target=0.9).critic(contest(real, fake)).diagnostics
