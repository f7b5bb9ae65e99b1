"""Rounds without a generator, a margin that is measured once, and a resumption in between."""

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import Callback, LightningModule, Trainer

from gan_lab.errors import GanLabError
from gan_lab.model.ebgan import EBGAN
from tests.short_runs import fit, ring, trainer

IMAGES = 50_000  # of the ring's training data
PRETRAINING = 640 / IMAGES  # ten rounds of 64


class Diary(Callback):
    """Who played in each round, what was counted after it, and the margin it was played with."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.players: list[list[str]] = []
        self.counted: list[tuple[int, int, int]] = []
        self.units: list[float] = []
        self.weights: list[torch.Tensor] = []
        self.stop_after = stop_after

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, *_: Any) -> None:
        assert isinstance(pl_module, EBGAN)
        self.players.append([turn.player for turn in pl_module.played])
        self.counted.append((pl_module.generator_steps, pl_module.critic_steps, pl_module.images_seen))
        self.units.append(pl_module.loss.unit.item())
        self.weights.append(next(pl_module.generator.parameters()).detach().clone())
        if pl_module.rounds == self.stop_after:
            trainer.should_stop = True


def play(model: EBGAN, steps: int, diary: Diary, checkpoint: Path | None = None) -> Trainer:
    model.run_length = steps
    running = trainer(callbacks=[diary])
    running.fit(model, datamodule=ring(), ckpt_path=checkpoint, weights_only=True)
    return running


def ebgan(build_model: Any, *more: str) -> EBGAN:
    return build_model("model=ebgan", "data=ring", f"model.pretraining_epochs={PRETRAINING}", *more)


def test_the_generator_waits_until_the_autoencoder_has_seen_the_data(build_model: Any) -> None:
    model, diary = ebgan(build_model), Diary()
    start = next(model.generator.parameters()).detach().clone()
    play(model, 3, diary)
    assert diary.players == [["critic"]] * 10 + [["critic", "generator"]] * 3
    assert [steps for steps, _, _ in diary.counted] == [0] * 10 + [1, 2, 3]
    assert [steps for _, steps, _ in diary.counted] == [*range(1, 14)]
    assert [images for _, _, images in diary.counted] == [64 * r for r in range(1, 14)]
    assert [torch.equal(start, weight) for weight in diary.weights] == [True] * 10 + [False] * 3


def test_several_turns_a_round_are_all_played_in_pretraining(build_model: Any) -> None:
    model, diary = ebgan(build_model, "model.n_critic=2"), Diary()
    play(model, 1, diary)
    assert diary.players == [["critic"] * 2] * 5 + [["critic", "critic", "generator"]]


def test_schedules_begin_after_pretraining(build_model: Any) -> None:
    """The rate is that of the optimizer in ten rounds, and then rises over all of four steps."""
    warm = ("schedule=warm_up", "model.schedules.critic.warm_up=0.99", "model.schedules.critic.shape=constant")
    model, rates = ebgan(build_model, "optimizer.lr=0.001", *warm), []
    step = model.step

    def noted(turn: Any) -> None:
        step(turn)
        if turn.player == "critic":
            rates.append(model.optimizer_of("critic").param_groups[0]["lr"])

    model.step = noted  # type: ignore[method-assign]
    play(model, 4, Diary())
    assert rates[:10] == [pytest.approx(0.001)] * 10
    assert rates[10:] == pytest.approx([0.001 * min(1, t / (0.99 * 4)) for t in (1, 2, 3, 4)])


def test_pretraining_lowers_the_energy_of_reals(build_model: Any) -> None:
    model = ebgan(build_model, "optimizer.lr=0.001")
    data = ring()
    before = -model.critic(data.validation.values[:500]).score.mean()
    play(model, 1, Diary())
    assert -model.critic(data.validation.values[:500]).score.mean() < 0.7 * before


def test_a_relative_margin_is_fixed_when_pretraining_ends(build_model: Any) -> None:
    model, diary = ebgan(build_model), Diary(stop_after=10)
    running = play(model, 5, diary)
    train = running.datamodule.train.values[:10_000]  # type: ignore[attr-defined]
    expected = -model.critic(train).score.mean().item()
    assert diary.units[:-1] == [1.0] * 9
    assert diary.units[-1] == pytest.approx(expected, rel=1e-5)
    model, diary = ebgan(build_model), Diary()
    play(model, 5, diary)
    assert diary.units[10:] == [pytest.approx(expected, rel=1e-5)] * 5
    assert model.played[0].terms.diagnostics["margin"].item() == pytest.approx(3 * expected, rel=1e-5)
    assert model.critic.training


def test_the_energy_of_noise_is_watched_and_changes_nothing(build_model: Any) -> None:
    """That of uniform samples, which an independent draw of many has too; training draws the same numbers without."""
    watched, other = ebgan(build_model), ebgan(build_model)
    watched.watching = True
    for model in (watched, other):
        play(model, 2, Diary())
    for mine, theirs in zip(watched.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    assert "energy_noise" not in other.played[0].terms.diagnostics
    assert "energy_noise" not in watched.played[1].terms.diagnostics, "the generator's turn has none"
    uniform = 2 * torch.rand(20_000, 2, generator=torch.Generator().manual_seed(1)) - 1
    energies = -watched.critic(uniform).score.detach()
    standard_error = energies.std().item() / 8
    assert watched.energy_of_noise().item() == pytest.approx(energies.mean().item(), abs=4 * standard_error)


def test_an_absolute_margin_needs_no_pretraining(build_model: Any) -> None:
    absolute = ("model.loss.relative=false", "model.loss.margin=0.7")
    for epochs in (0, PRETRAINING):
        model = build_model("model=ebgan", "data=ring", f"model.pretraining_epochs={epochs}", *absolute)
        fit(model, rounds=2)
        assert model.rounds == 2 + 10 * (epochs > 0)
        assert model.played[0].terms.diagnostics["margin"].item() == pytest.approx(0.7)


@pytest.mark.parametrize("stop_after", [4, 10, 12])
def test_resumed_equals_uninterrupted(build_model: Any, tmp_path: Path, stop_after: int) -> None:
    """Amid pre-training, at its end, and after it, with the margin that was measured then."""
    whole, diary = ebgan(build_model), Diary()
    finished = play(whole, 5, diary)
    part = ebgan(build_model)
    play(part, 5, Diary(stop_after)).save_checkpoint(tmp_path / "last.ckpt")
    resumed, rest = ebgan(build_model), Diary()
    ended = play(resumed, 5, rest, tmp_path / "last.ckpt")
    assert rest.counted == diary.counted[stop_after:]
    assert rest.players == diary.players[stop_after:]
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name
    assert resumed.loss.unit == whole.loss.unit != 1
    for ours, theirs in zip(finished.optimizers, ended.optimizers, strict=True):
        for key, state in ours.state_dict()["state"].items():
            assert all(torch.equal(state[name], theirs.state_dict()["state"][key][name]) for name in state)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (["model.pretraining_epochs=0"], "pretraining_epochs above 0"),
        (["model.pretraining_epochs=-1"], "must be a number of 0 or more"),
        (["model.loss.margin=0"], "above 0"),
        (["autoencoder.decoder.latent_dim=7"], "autoencoder.encoder.outputs alone"),
        (["autoencoder.power=3"], "power"),
    ],
)
def test_refused(build_model: Any, overrides: list[str], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        build_model("model=ebgan", "data=ring", *overrides)


def test_only_an_autoencoder_and_its_loss_will_do(build_model: Any) -> None:
    own, strange = ebgan(build_model), build_model("model=gan", "data=ring")
    for critic, loss, sentence in (
        (strange.critic, own.loss, "the critic of EBGAN must be of Autoencoder, not of MLPCritic"),
        (own.critic, strange.loss, "the loss of EBGAN must be of EnergyMargin, not of NonSaturating"),
    ):
        with pytest.raises(GanLabError, match=sentence):
            EBGAN(
                generator=own.generator,
                critic=critic,
                prior=own.prior,
                loss=loss,
                penalties={},
                constraints={},
                optimizers={},
                n_critic=1,
                ema_decay=0.0,
                seed=1,
                pretraining_epochs=1.0,
            )


def test_pull_away_looks_at_the_codes_of_fakes_and_trains_the_generator_alone(build_model: Any) -> None:
    model = ebgan(build_model)
    fit(model, rounds=1)
    critic, generator = model.played
    assert "pull_away" in generator.terms.minimised
    assert "pull_away" not in critic.terms.minimised
