"""MMGAN against its closed forms, plain lines, and what must reach whom."""

from math import log
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.errors import GanLabError
from gan_lab.types import Batch
from tests.short_runs import fit


def built(build_model: Any, *overrides: str) -> Any:
    return build_model("model=mmgan", "data=ring", "model.prior.dim=3", "model.prior.components=4", *overrides)


def batches() -> list[Batch]:
    return [Batch(torch.randn(16, 2)) for _ in range(2)]


def silent(network: Any) -> None:
    """All scores of it are 0."""
    nn.init.zeros_(network.head.weight)
    nn.init.zeros_(network.head.bias)


def gradients(terms: dict[str, Tensor], module: nn.Module) -> Tensor:
    """Of the sum of the terms by all weights of the module; zeros where they have no part in it."""
    parameters = list(module.parameters())
    found = torch.autograd.grad(sum(terms.values()), parameters, retain_graph=True, allow_unused=True)  # type: ignore[arg-type]
    return torch.cat(
        [(torch.zeros_like(p) if g is None else g).flatten() for p, g in zip(parameters, found, strict=True)]
    )


def test_a_blind_critic_and_an_undecided_encoder(build_model: Any) -> None:
    model = built(build_model, "model.alpha=0.5")
    silent(model.critic)
    silent(model.encoder)
    critic, generator = (turn.terms.minimised for turn in model.turns(batches()))
    assert critic["pairs"].item() == pytest.approx(log(2))
    assert generator["pairs"].item() == pytest.approx(log(2))
    assert generator["recognition"].item() == pytest.approx(0.5 * log(4))


def test_one_cluster_is_the_relativistic_gan(build_model: Any) -> None:
    given = ("data=ring", "prior=gaussian_mixture", "model.prior.components=1", "model.prior.trainable=true")
    mixed, plain = build_model("model=mmgan", "model.alpha=0", *given), build_model("model=rsgan", *given)
    for model in (mixed, plain):
        fit(model, rounds=3)
    for part in ("generator", "critic", "prior"):
        ours, theirs = (getattr(model, part).state_dict() for model in (mixed, plain))
        for name, value in theirs.items():
            torch.testing.assert_close(ours[name], value, rtol=1e-4, atol=1e-6, msg=f"{part}.{name}")


def test_the_first_round_against_plain_lines(build_model: Any) -> None:
    """Both turns by hand: what each loss is, whose gradient it is, one z for the soft and the one-hot fakes."""
    model = built(build_model, "model.alpha=0.7")
    rounds = batches()
    critic, encoder, generator, prior = model.critic, model.encoder, model.generator, model.prior
    turns = model.turns(rounds)
    model.draws = 0
    noises = [model.noise(), model.noise()]
    model.draws = 0
    for noise, batch, player in zip(noises, rounds, ("critic", "generator"), strict=True):
        turn = next(turns)
        means, std = prior.means, torch.log1p(torch.exp(prior.rho))
        z = torch.randn(16, 3, generator=noise.generator)
        y = encoder(batch.images).score.exp()
        y = y / y.sum(1, keepdim=True)
        gap = critic(batch.images).score - critic(generator(y @ means + (y @ std) * z)).score
        assert turn.player == player
        if player == "critic":
            assert gradients(turn.terms.minimised, encoder).abs().max() == 0
            assert gradients(turn.terms.minimised, generator).abs().max() == 0
            ours, theirs = (
                gradients(turn.terms.minimised, critic),
                gradients({"": -torch.log(torch.sigmoid(gap)).mean()}, critic),
            )
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)
            continue
        cluster = torch.randint(4, (16,), generator=noise.generator)
        one_hot = F.one_hot(cluster, 4).float()
        found = encoder(generator(one_hot @ means + (one_hot @ std) * z)).score.log_softmax(1)
        loss = {"": -torch.log(torch.sigmoid(-gap)).mean() - 0.7 * found[torch.arange(16), cluster].mean()}
        torch.testing.assert_close(sum(turn.terms.minimised.values()), loss[""], rtol=1e-5, atol=1e-6)
        for player_part in (encoder, generator, prior):
            ours, theirs = gradients(turn.terms.minimised, player_part), gradients(loss, player_part)
            assert theirs.abs().max() > 0
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_pairs_reach_the_encoder_without_any_recognition(build_model: Any) -> None:
    """Through y: with alpha 0 there is no other way."""
    model = built(build_model, "model.alpha=0")
    *_, turn = model.turns(batches())
    for part in (model.encoder, model.generator, model.prior):
        assert gradients(turn.terms.minimised, part).abs().max() > 0


def test_recognition_reaches_encoder_generator_and_mixture(build_model: Any) -> None:
    model = built(build_model)
    *_, turn = model.turns(batches())
    for part in (model.encoder, model.generator, model.prior):
        assert gradients({"": turn.terms.minimised["recognition"]}, part).abs().max() > 0


def test_the_names_of_the_clusters_do_not_matter(build_model: Any) -> None:
    model, order = built(build_model), torch.tensor([2, 0, 3, 1])
    batch = batches()[0]
    model.draws = 0
    before = model.pair_contest(batch)
    with torch.no_grad():
        for values in (model.encoder.head.weight, model.encoder.head.bias, model.prior.means, model.prior.rho):
            values.copy_(values[order].clone())
    model.draws = 0
    after = model.pair_contest(batch)
    torch.testing.assert_close(after.fake, before.fake)
    torch.testing.assert_close(after.shared["clusters"], before.shared["clusters"][:, order])


def test_each_fake_is_for_the_clusters_of_its_own_real_partner(build_model: Any) -> None:
    """A real sample changes its own fake and no other one."""
    model, batch = built(build_model), batches()[0]
    model.draws = 0
    before = model.pair_contest(batch).fake
    batch.images[3] += 5
    model.draws = 0
    moved = (model.pair_contest(batch).fake - before).abs().sum(1) > 0
    assert moved.nonzero().flatten().tolist() == [3]


def test_who_moves_in_whose_turn_and_what_follows_on_average(build_model: Any) -> None:
    model = built(build_model, "model.n_critic=2")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    moved: list[set[str]] = []
    play = model.play

    def noted(turn: Any) -> Any:
        start = {name: value.clone() for name, value in model.state_dict().items()}
        played = play(turn)
        moved.append({n.split(".")[0] for n, value in model.state_dict().items() if not torch.equal(value, start[n])})
        return played

    model.play = noted
    fit(model, rounds=1)
    assert moved == [{"critic"}, {"critic"}, {"generator", "prior", "encoder"}]
    assert model.batches_per_round == 3
    changed = {
        name for name, value in model.average.state_dict().items() if not torch.equal(value, before[f"average.{name}"])
    }
    assert any("generator" in name for name in changed)
    assert any("prior" in name for name in changed)


def test_diagnostics_of_a_decided_and_of_a_collapsed_encoder(build_model: Any) -> None:
    model = built(build_model)
    silent(model.encoder)
    *_, turn = model.turns(batches())
    assert turn.terms.diagnostics["clusters_used"].item() == pytest.approx(4)
    assert turn.terms.diagnostics["confidence"].item() == pytest.approx(0.25)
    with torch.no_grad():
        model.encoder.head.bias[1] = 100.0
    *_, turn = model.turns(batches())
    assert turn.terms.diagnostics["clusters_used"].item() == pytest.approx(1)
    assert turn.terms.diagnostics["confidence"].item() == pytest.approx(1)


def test_the_gradient_of_the_encoder_is_watched(build_model: Any) -> None:
    model = built(build_model)
    model.watching = True
    fit(model, rounds=1)
    whole, own = (
        model.played[1].terms.diagnostics[name].item() for name in ("parameter_gradient_norm", "encoder_gradient_norm")
    )
    squares = [float(p.grad.square().sum()) for p in model.encoder.parameters()]
    assert own == pytest.approx(sum(squares) ** 0.5, rel=1e-5)
    assert 0 < own < whole
    assert "encoder_gradient_norm" not in model.played[0].terms.diagnostics


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (["prior=normal", "~model.prior.trainable"], "must be of GaussianMixture"),
        (["+model.generator.classes=10"], "cannot be conditioned on a class"),
        (["model.encoder=${model.critic}"], "1 scores for 10 components"),
    ],
)
def test_refused(build_model: Any, overrides: list[str], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        build_model("model=mmgan", "data=ring", *overrides)


def test_the_encoder_is_the_critics_network_with_a_score_for_each_cluster(build_model: Any) -> None:
    model = build_model("model=mmgan", "data=ring", "model.critic.hidden=[24]", "model.prior.components=7")
    assert model.encoder.hidden[1][0].out_features == 24
    assert (model.critic.outputs, model.encoder.outputs) == (1, 7)
    assert not set(model.critic.parameters()) & set(model.encoder.parameters())
