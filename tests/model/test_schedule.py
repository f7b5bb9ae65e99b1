"""Who moves when: the alternation, its counters, and what each turn may touch."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_lab.data.base import Samples
from gan_lab.data.stream import RoundStream
from gan_lab.model.base import AdversarialModule
from gan_lab.model.turn import Turn
from gan_lab.types import Batch
from tests.short_runs import fit, ring, trainer


def weights(*modules: nn.Module) -> list[Tensor]:
    return [value.detach().clone() for module in modules for value in module.parameters()]


def same(first: list[Tensor], second: list[Tensor]) -> bool:
    return all(map(torch.equal, first, second))


class Watched:
    """Plays the turns of a module and notes whose weights moved and who holds gradients after each."""

    def __init__(self, model: AdversarialModule) -> None:
        self.model = model
        self.moved: list[tuple[str, set[str], set[str]]] = []
        self.turns = model.turns
        model.turns = self.watch  # type: ignore[method-assign]

    def watch(self, batches: list[Batch]) -> Iterator[Turn]:
        model = self.model
        sides: dict[str, list[nn.Module]] = {"critic": [model.critic], "generator": [model.generator, model.prior]}
        for turn in self.turns(batches):
            for modules in sides.values():
                for module in modules:
                    module.zero_grad()
            before = {name: weights(*modules) for name, modules in sides.items()}
            yield turn
            moved = {name for name, modules in sides.items() if not same(before[name], weights(*modules))}
            holding = {
                name for name, modules in sides.items() for m in modules for p in m.parameters() if p.grad is not None
            }
            self.moved.append((turn.player, moved, holding))


@pytest.mark.parametrize("n_critic", [1, 2, 5])
@pytest.mark.parametrize("variant", ["gan", "wgan", "wgan_gp", "gmgan_static", "gmgan_dynamic"])
def test_only_the_player_moves_in_its_turn(build_model: Any, variant: str, n_critic: int) -> None:
    model = build_model(f"model={variant}", f"model.n_critic={n_critic}", "data=ring")
    watched = Watched(model)
    fit(model, rounds=3)
    assert watched.moved == 3 * (
        [("critic", {"critic"}, {"critic"})] * n_critic + [("generator", {"generator"}, {"generator"})]
    )
    assert (model.rounds, model.generator_steps, model.critic_steps) == (3, 3, 3 * n_critic)
    assert model.images_seen == 3 * n_critic * 64


def test_a_dynamic_prior_moves_with_the_generator_and_a_static_one_never(build_model: Any) -> None:
    for variant, moves in (("gmgan_static", False), ("gmgan_dynamic", True)):
        model = build_model(f"model={variant}", "data=ring")
        before = {name: value.clone() for name, value in model.prior.state_dict().items()}
        fit(model, rounds=2)
        changed = [not torch.equal(before[name], value) for name, value in model.prior.state_dict().items()]
        assert changed == [moves, moves]


def test_every_critic_turn_sees_fresh_reals_fresh_codes_and_its_own_loss(build_model: Any) -> None:
    model = build_model("model=wgan_gp", "data=ring")
    real, codes = [], []
    contest = model.critic_contest

    def noted(batch: Batch) -> Any:
        meeting = contest(batch)
        real.append(batch.images)
        codes.append(meeting.latent.z)
        return meeting

    model.critic_contest = noted
    fit(model, rounds=2)
    assert len(real) == 10
    for drawn in (real, codes):
        assert len({round(float(values.sum()), 4) for values in drawn}) == 10


def test_the_critic_turn_sums_loss_and_penalty_in_one_step(build_model: Any) -> None:
    model = build_model("model=wgan_gp", "data=ring")
    fit(model, rounds=1)
    turn = model.played[0]
    assert set(turn.terms.minimised) == {"real", "fake", "gradient_penalty"}
    torch.testing.assert_close(turn.terms.diagnostics["loss"], sum(turn.terms.minimised.values()))
    assert next(model.critic.parameters()).requires_grad


def test_one_step_is_the_step_of_a_hand_written_loop(build_model: Any) -> None:
    """The whole of WGAN-GP's first round against a few plain lines, gradient penalty and Adam included."""
    # An epsilon that is not small against the gradients: Adam would make rounding errors visible otherwise.
    given = ["model=wgan_gp", "data=ring", "model.n_critic=2"]
    given += [f"+model.optimizers.{player}.eps=0.1" for player in ("critic", "generator")]
    model, plain = build_model(*given), build_model(*given)
    stream = fit(model, rounds=1)
    (batches,) = [next(iter(stream))]
    adam = [
        torch.optim.Adam(net.parameters(), lr=1e-4, betas=(0.0, 0.9), eps=0.1)
        for net in (plain.critic, plain.generator)
    ]
    for batch in batches:
        noise = plain.noise()
        z = torch.randn(64, 100, generator=noise.generator)
        fake = plain.generator(z).detach()
        share = torch.rand(64, 1, generator=noise.generator)
        middle = (share * batch.images + (1 - share) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(plain.critic(middle).score.sum(), middle, create_graph=True)
        penalty = 10 * ((slope.norm(dim=1) - 1) ** 2).mean()
        loss = plain.critic(fake).score.mean() - plain.critic(batch.images).score.mean() + penalty
        adam[0].zero_grad()
        loss.backward()
        adam[0].step()
    z = torch.randn(64, 100, generator=plain.noise().generator)
    adam[1].zero_grad()
    (-plain.critic(plain.generator(z)).score.mean()).backward()
    adam[1].step()
    for ours, theirs in zip(
        weights(model.critic, model.generator), weights(plain.critic, plain.generator), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-7)


def test_weights_are_clipped_after_the_critics_step(build_model: Any) -> None:
    model = build_model("model=wgan", "data=ring")
    assert any(p.abs().max() > 0.01 for p in model.critic.parameters())
    fit(model, rounds=1)
    assert all(p.abs().max() <= 0.01 for p in model.critic.parameters())
    assert any(p.abs().max() > 0.01 for p in model.generator.parameters())


def test_real_and_fake_never_share_a_batch_norm(build_model: Any) -> None:
    """With batch norm in the critic, a score of the reals must not change with the fakes."""
    model = build_model("model=gan", "data=ring", "model.critic.norm=batch")
    real = torch.randn(8, 2)
    first, second = (model.judge_both(real, fake)[0].score for fake in (torch.zeros(8, 2), torch.full((8, 2), 50.0)))
    torch.testing.assert_close(first, second)


def test_dropout_is_active_in_both_turns(build_model: Any) -> None:
    model = build_model("model=gan", "data=ring", "model.critic.dropout=0.5")
    modes = []
    model.critic.register_forward_hook(lambda module, *_: modes.append(module.training))
    fit(model, rounds=2)
    assert modes == [True] * 4


def test_random_numbers_drawn_elsewhere_do_not_disturb_training(build_model: Any) -> None:
    """Evaluation, pictures and whatever else a round is interrupted by may use the global stream."""
    given = ("model=gmgan_dynamic", "data=ring", "model.critic.dropout=0.5")
    models = [build_model(*given), build_model(*given)]
    share = models[1].share_buffers
    models[1].share_buffers = lambda: (share(), torch.rand(7))[0]  # between two rounds
    for model in models:
        fit(model, rounds=4)
    assert same(*(weights(model.critic, model.generator, model.prior) for model in models))


def test_under_bfloat16_each_turn_sees_the_weights_of_the_last_step(build_model: Any) -> None:
    """Autocast may keep half-precision copies of the weights for a whole round; Lightning's must not."""
    given = ("model=wgan", "data=ring", "penalty=[]", "optimizer.lr=0.05", "model.n_critic=3")
    model, seen = build_model(*given), []
    model.critic.register_forward_hook(lambda _, images, output: seen.append((images[0], output.score.detach())))
    model.run_length = 1
    trainer(precision="bf16-mixed").fit(model, datamodule=ring())
    images, score = seen[2]  # the third critic turn, after two steps
    assert score.dtype == torch.bfloat16
    untrained = build_model(*given).critic(images).score.std()
    assert (score.float().std() - untrained).abs() > untrained  # the two steps show


def test_a_round_starts_where_the_stream_says() -> None:
    samples = Samples(torch.arange(20.0)[:, None].repeat(1, 2))
    stream = RoundStream(
        samples, batch_size=4, batches_per_round=2, seed=0, first_round=lambda: 3, device=torch.device("cpu")
    )
    assert torch.equal(next(iter(stream))[0].images, stream.round(3)[0].images)
