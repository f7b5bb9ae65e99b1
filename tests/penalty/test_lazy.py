"""A penalty that does not come in every turn: how often, how heavy, and that nothing else changes."""

import pytest
import torch

from gan_lab.data.samples import Samples
from gan_lab.model.turn import Turn
from gan_lab.penalty.base import Penalty
from gan_lab.penalty.consistency import Consistency
from gan_lab.penalty.dragan import DRAGANPenalty
from gan_lab.penalty.gradient import GradientPenalty
from gan_lab.penalty.lazy import Lazy
from gan_lab.penalty.pull_away import PullAway
from gan_lab.penalty.sobolev import SobolevPenalty
from gan_lab.penalty.zero_centred import ZeroCentredPenalty
from tests.fixtures import BuildModel
from tests.penalty.critics import Linear, judged_by, meeting
from tests.short_runs import fit


def test_on_average_it_is_the_penalty() -> None:
    """R1 of a linear critic is gamma / 2 |w|^2 wherever it is asked: over 12 turns 12 of it, in three times four."""
    critic, contest = Linear(torch.tensor([3.0, 4.0])), meeting(torch.zeros(5, 2), torch.ones(5, 2))
    penalty = Lazy(penalty=ZeroCentredPenalty(gamma=2.0, at="real"), every=4)
    values = []
    for contest.critic_turns in range(12):
        terms = penalty(judged_by(critic), contest)
        values.append(sum(value.item() for value in terms.minimised.values()))
        assert bool(terms.diagnostics) == (contest.critic_turns % 4 == 0)
    assert values == [100.0, 0, 0, 0] * 3
    assert sum(values) == 12 * 25.0


def test_diagnostics_are_not_weighted() -> None:
    critic, contest = Linear(torch.tensor([3.0, 4.0])), meeting(torch.zeros(5, 2), torch.ones(5, 2))
    penalty = Lazy(penalty=ZeroCentredPenalty(gamma=2.0, at="real"), every=4)
    assert penalty(judged_by(critic), contest).diagnostics["gradient_norm_real"].item() == pytest.approx(5.0)


@pytest.mark.parametrize(
    "penalty",
    [
        ZeroCentredPenalty(gamma=2.0, at="real"),
        DRAGANPenalty(weight=1.0, noise="centred"),
        Consistency(weight=2.0, feature_weight=0.1, margin=0.2),
        SobolevPenalty(s=-1.5, p=2.0, weight=None),
    ],
)
def test_it_needs_what_the_penalty_needs(penalty: Penalty) -> None:
    lazy = Lazy(penalty=penalty, every=4)
    for name in ("player", "needs_independent_samples", "squares_gradient", "needs_dropout", "needs_images"):
        assert getattr(lazy, name) == getattr(penalty, name), name


def test_the_penalty_learns_the_scale_of_the_data() -> None:
    of_it, alone = (SobolevPenalty(s=-1.5, p=2.0, weight=None) for _ in range(2))
    data = Samples(torch.full((6, 1, 4, 4), 200, dtype=torch.uint8))
    Lazy(penalty=of_it, every=4).prepare(data)
    alone.prepare(data)
    critic, contest = Linear(torch.ones(1, 4, 4)), meeting(torch.zeros(5, 1, 4, 4), torch.ones(5, 1, 4, 4))
    values = [penalty(judged_by(critic), contest).minimised for penalty in (of_it, alone)]
    assert [*values[0].values()] == [*values[1].values()]


def test_turns_are_counted_over_the_run(build_model: BuildModel) -> None:
    """Two turns a round and every third: turns 0, 3, 6, 9 are the first, second, first, second of rounds 0, 1, 3, 4."""
    model = build_model(
        "data=ring", "network=mlp_2d", "model=wgan_gp", "penalty=[lazy_gradient]",
        "model.penalties.lazy_gradient.every=3", "model.n_critic=2",
    )  # fmt: skip
    came: list[list[bool]] = []
    share = model.share_buffers

    def noted() -> None:
        share()
        turns: list[Turn] = [turn for turn in model.played if turn.player == "critic"]
        came.append(["gradient_penalty" in turn.terms.minimised for turn in turns])

    model.share_buffers = noted
    fit(model, 5)
    assert came == [[True, False], [False, True], [False, False], [True, False], [False, True]]


def test_with_every_1_it_is_the_penalty_itself(build_model: BuildModel) -> None:
    weights = []
    for choice in (["penalty=[gradient]"], ["penalty=[lazy_gradient]", "model.penalties.lazy_gradient.every=1"]):
        model = build_model("data=ring", "network=mlp_2d", "model=wgan_gp", *choice)
        fit(model, 3)
        weights.append(torch.cat([p.flatten() for p in model.critic.parameters()]))
    # rounded otherwise, which Adam magnifies: the penalty itself comes with the scores of the critic
    torch.testing.assert_close(*weights, rtol=1e-3, atol=1e-4)


def test_what_the_penalty_asks_of_the_critic_is_still_asked() -> None:
    lazy = Lazy(penalty=GradientPenalty(weight=1.0, form="two_sided"), every=2)
    assert lazy.needs_independent_samples
    assert not lazy.squares_gradient
    assert Lazy(penalty=ZeroCentredPenalty(gamma=1.0, at="fake"), every=2).squares_gradient


def test_mistakes_are_refused() -> None:
    penalty = GradientPenalty(weight=1.0, form="two_sided")
    with pytest.raises(ValueError, match=r"^Lazy\.every is 0 and must be a whole number of 1 or more$"):
        Lazy(penalty=penalty, every=0)
    with pytest.raises(ValueError, match="only penalties of the critic"):
        Lazy(penalty=PullAway(weight=1.0), every=2)
