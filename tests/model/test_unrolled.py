"""Unrolled GAN: the generator's gradient through the critic's next steps, and the game that it solves."""

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.metric.earth_mover import earth_mover_distance
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch
from tests.dirac import BILINEAR, RATE, played, powers
from tests.golden.record import double
from tests.short_runs import fit, ring, trainer
from tests.test_learning import POINTS, generated

ROUNDS = 30
SMOOTH = ("model.generator.activation=silu", "model.critic.activation=silu")
CASES = {
    "Adam": ("data=ring", *SMOOTH),
    "SGD with R1": ("data=ring", "optimizer=sgd", "optimizer.lr=0.3", "penalty=[r1]", *SMOOTH),
    "convolutions": (
        *("data=digits", "network=dcgan", "optimizer=sgd", "optimizer.lr=0.3", *SMOOTH),
        *("model.generator.width=4", "model.critic.width=4", "model.generator.norm=none"),
    ),
}

LAZY_LECAM = (
    "+model.penalties.lazy={_target_:gan_lab.penalty.lazy.Lazy,every:2,"
    "penalty:{_target_:gan_lab.penalty.lecam.LeCam,weight:0.3,decay:0.9}}"
)


@pytest.mark.parametrize("k", [0, 1, 3])
def test_on_the_bilinear_game_it_shrinks_the_generator(build_model: Any, k: int) -> None:
    """psi_k = psi - k lr theta, and the slope of -theta psi_k by theta is -psi + 2 k lr theta; with k = 0 it spirals
    outwards."""
    path = played(build_model(*BILINEAR, "model=unrolled", f"model.steps_ahead={k}"), ROUNDS)
    matrix = [[1 - 2 * k * RATE**2, RATE], [-RATE, 1.0]]
    torch.testing.assert_close(path, powers(matrix, ROUNDS), rtol=1e-4, atol=1e-6)
    assert (path[-1].norm() < path[0].norm()) == (k > 0)


@pytest.mark.parametrize("case", CASES)
def test_the_generators_gradient_goes_through_the_critics_steps(build_model: Any, case: str) -> None:
    """Along a random direction of its weights, in float64, after two rounds, so that Adam has its means."""
    with double():
        model = build_model("model=unrolled", "model.steps_ahead=2", *CASES[case])
        shape, random = model.generator.shape, torch.Generator().manual_seed(1)
        batch = Batch(torch.randn(8, *shape, generator=random).clamp(-1, 1))
        optimizers: Any = [maker(model.parameters_of(name)) for name, maker in model.optimizer_makers.items()]
        model.optimizer_of = lambda player: Wrapped(optimizers[[*model.players()].index(player)])

        def turn() -> Any:
            model.given_noises, model.draws = [IndexedNoise(("test", 1), torch.device("cpu"))], 0
            return model.unrolled_turn(batch)

        for _ in range(2):
            for optimizer in optimizers:
                optimizer.zero_grad()
            model.given_noises, model.draws = [IndexedNoise(("test", 2), torch.device("cpu"))], 0
            sum(model.critic_turn(model.critic_contest(batch)).terms.minimised.values()).backward()
            optimizers[0].step()
        weights = model.parameters_of("generator")
        before = [weight.detach().clone() for weight in model.parameters_of("critic")]
        directions = [torch.randn(w.shape, generator=random) for w in weights]
        found = torch.autograd.grad(sum(turn().terms.minimised.values()), weights)
        slope = sum((g * d).sum().item() for g, d in zip(found, directions, strict=True))
        values, step = [], 1e-5
        for by in (step, -2 * step):
            with torch.no_grad():
                for weight, direction in zip(weights, directions, strict=True):
                    weight += by * direction
            values.append(sum(turn().terms.minimised.values()).item())
        assert (values[0] - values[1]) / (2 * step) == pytest.approx(slope, rel=1e-4, abs=1e-7)
        assert all(torch.equal(w, b) for w, b in zip(model.parameters_of("critic"), before, strict=True))


class Wrapped:
    """An optimizer as Lightning gives it."""

    def __init__(self, optimizer: Any) -> None:
        self.optimizer = optimizer


def test_the_critic_is_stepped_once_by_its_own_loss(build_model: Any) -> None:
    """As that of a game without looking ahead, from the same weights."""
    models = [build_model("model=unrolled", f"model.steps_ahead={k}", "data=ring") for k in (0, 3)]
    for model in models:
        fit(model, 1)
        assert (model.generator_steps, model.critic_steps, model.images_seen) == (1, 1, 64)
    weights: list[list[Tensor]] = [[*model.critic.parameters()] for model in models]
    assert all(torch.equal(one, other) for one, other in zip(*weights, strict=True))
    codes = [[*model.generator.parameters()] for model in models]
    assert not all(torch.equal(one, other) for one, other in zip(*codes, strict=True))


@pytest.mark.parametrize("norm", ["spectral", "batch"])
def test_what_the_critic_keeps_beside_its_weights_is_not_moved(build_model: Any, norm: str) -> None:
    """The buffers of the critic after a round are those of its own turn alone; yet those ahead do move."""
    kept, ahead = [], []
    for k in (0, 3):
        model = build_model("model=unrolled", f"model.steps_ahead={k}", "data=ring", f"model.critic.norm={norm}")
        with_critic = model.with_critic

        def noted(values: Any, state: Any, work: Any, with_critic: Any = with_critic) -> Any:
            found = with_critic(values, state, work)
            ahead.append([value.clone() for value in state.values()])
            return found

        model.with_critic = noted
        fit(model, 1)
        kept.append([*model.critic.buffers()])
    assert kept[0]
    assert all(torch.equal(one, other) for one, other in zip(*kept, strict=True))
    for before, after in itertools.pairwise(ahead[1:]):
        assert not all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_lazy_penalties_come_in_the_turns_in_which_they_would_come(build_model: Any) -> None:
    """Steps 0, 1, 2 ahead are those that turns 0, 1, 2 of the critic would be in the first round, 1, 2, 3 in the
    second."""
    lazy = ("penalty=[lazy_gradient]", "model.penalties.lazy_gradient.every=3")
    model = build_model("model=unrolled", "model.steps_ahead=3", "data=ring", *lazy)
    turns: list[int] = []
    penalise = model.penalise

    def noted(player: str, contest: Any) -> Any:
        if player == "critic":
            turns.append(contest.critic_turns)
        return penalise(player, contest)

    model.penalise = noted
    fit(model, 2)
    assert turns == [0, 0, 1, 2, 1, 1, 2, 3]


def test_looking_ahead_is_logged(build_model: Any) -> None:
    model = build_model("model=unrolled", "model.steps_ahead=3", "data=ring", "optimizer.lr=0.01")
    fit(model, 3)
    found = model.played[-1].terms.diagnostics
    assert found["critic_gain"] > 0
    bound = 3 * 0.01 * 3 * sum(p.numel() for p in model.critic.parameters()) ** 0.5
    assert 0 < found["ahead_distance"] < bound
    still = build_model("model=unrolled", "model.steps_ahead=0", "data=ring")
    fit(still, 1)
    assert [still.played[-1].terms.diagnostics[name].item() for name in ("critic_gain", "ahead_distance")] == [0, 0]


@pytest.mark.nightly
def test_looking_ahead_finds_what_simultaneous_steps_do_not(build_model: Any) -> None:
    """All eight modes of the ring in 300 rounds, where simultaneous steps have hardly left the middle."""
    real = ring().validation.values[:POINTS]
    left = {}
    for k in (0, 3):
        given = ("optimizer.lr=0.001", "model.prior.dim=2", f"model.steps_ahead={k}")
        model = build_model("model=unrolled", "data=ring", *given)
        fit(model, 300)
        left[k] = earth_mover_distance(generated(model), real)
    assert left[3] < left[0] / 2, left


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("model.n_critic=2",), "both players of Unrolled step together, so n_critic must be 1, not 2"),
        (("optimizer=rmsprop",), "known of Adam and of SGD, not of RMSprop: use optimizer=adam or optimizer=sgd"),
        (("optimizer=sgd", "optimizer.momentum=0.9"), "steps of SGD cannot be differentiated with momentum"),
        (("penalty=[lecam]",), "weight constraints and LeCam regularisation have no part: leave them out"),
        ((LAZY_LECAM,), "weight constraints and LeCam regularisation have no part: leave them out"),
        (("penalty=[weight_clipping]",), "weight constraints and LeCam regularisation have no part: leave them out"),
    ],
)
def test_what_cannot_be_is_refused(build_model: Any, given: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        build_model("model=unrolled", "data=ring", *given)


def test_several_processes_are_refused(build_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = build_model("model=unrolled", "data=ring")
    monkeypatch.setattr(type(model), "world_size", 2)
    with pytest.raises(GanLabError, match=r"model=unrolled looks ahead on the whole batch.*set trainer.devices=1"):
        trainer().fit(model, datamodule=ring())
