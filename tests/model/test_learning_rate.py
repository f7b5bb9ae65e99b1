"""Schedules of the learning rate."""

from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.model.learning_rate import Schedule
from tests.short_runs import fit, ring, trainer


def schedule(shape: Any = "linear", warm_up: float = 0.0, hold: float = 0.0, end: float = 0.0) -> Schedule:
    return Schedule(shape=shape, warm_up=warm_up, hold=hold, end=end)


@pytest.mark.parametrize(
    ("given", "factors"),
    [
        (schedule(), [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0]),
        (schedule(end=0.5), [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5]),
        (schedule(hold=0.5), [1, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0]),
        (schedule("constant", warm_up=0.4), [0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 1, 1]),
        (schedule(warm_up=0.2, hold=0.1), [0.5, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0]),
        (schedule("cosine", hold=0.6, end=0.2), [1, 1, 1, 1, 1, 1, 1, 1 - 0.8 * (1 - 0.5**0.5) / 2, 0.6, None, 0.2]),
        (schedule(hold=1.0), [1] * 11),
    ],
)
def test_factors_of_ten_steps(given: Schedule, factors: list[float | None]) -> None:
    for step, factor in enumerate(factors):
        if factor is not None:
            assert given.factor(step, 10) == pytest.approx(factor), step


def test_each_player_has_its_own(build_model: Any) -> None:
    """And a prior's own learning rate is scaled with the generator's."""
    model = build_model(
        *("model=gmgan_dynamic", "data=ring", "optimizer.lr=0.01", "model.prior.learning_rate=0.2"),
        *("schedule=linear", "model.schedules.critic.end=0.5"),
    )
    fit(model, rounds=4)
    critic, generator = ([group["lr"] for group in of.param_groups] for of in model.optimizers())
    assert critic == pytest.approx([0.01 * (1 - 0.5 * 3 / 4)])
    assert generator == pytest.approx([0.01 / 4, 0.2 / 4])
    assert model.played[-1].terms.diagnostics["learning_rate"] == pytest.approx(0.01 / 4)


def test_a_step_is_as_long_as_the_rate(build_model: Any) -> None:
    """Adam's first step is the learning rate in every coordinate that has a gradient."""
    model = build_model("model=gan", "data=ring", "optimizer.lr=0.01", "schedule=warm_up", "schedule.warm_up=0.5")
    before = [p.detach().clone() for p in model.critic.parameters()]
    model.run_length = 8
    trainer(max_steps=2).fit(model, datamodule=ring())
    moved = torch.cat([(p - old).flatten() for p, old in zip(model.critic.parameters(), before, strict=True)]).abs()
    assert moved.max().item() == pytest.approx(0.01 / 4, rel=1e-3)


def test_without_an_end_there_is_no_schedule(build_model: Any) -> None:
    model = build_model("model=gan", "data=ring", "schedule=cosine")
    assert not model.same_every_round
    with pytest.raises(Exception, match="this run has no end to plan for"):
        trainer(max_steps=2).fit(model, datamodule=ring())


def test_resumed_it_goes_on_as_if_it_had_not_stopped(build_model: Any, tmp_path: Path) -> None:
    words = (
        "model=gmgan_dynamic",
        "data=ring",
        "optimizer.lr=0.01",
        "model.prior.learning_rate=0.2",
        "schedule=cosine",
    )
    whole, first, rest = (build_model(*words) for _ in range(3))
    fit(whole, rounds=6)
    first.run_length = rest.run_length = 6
    player = trainer(max_steps=6)  # three rounds of two turns
    player.fit(first, datamodule=ring())
    player.save_checkpoint(tmp_path / "half.ckpt")
    assert first.generator_steps == 3
    trainer().fit(rest, datamodule=ring(), ckpt_path=tmp_path / "half.ckpt", weights_only=True)
    for name, value in whole.state_dict().items():
        assert torch.equal(rest.state_dict()[name], value), name
