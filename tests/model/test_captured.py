"""Rounds that are repeated from a recording against rounds that are played."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.model.base import AdversarialModule
from gan_lab.model.captured import WARM_UP, CapturedRound, registers_generators
from gan_lab.model.round_player import RoundPlayer
from gan_lab.types import Batch
from tests.commands import QUICK, checkpoint, gan_lab
from tests.model.recorded import RecordedGraph
from tests.present import present
from tests.short_runs import fit, ring, trainer

ROUNDS = WARM_UP + 5

CHOICES = [
    ["model=gan"],
    ["model=wgan_gp"],
    ["model=gmgan_dynamic"],
    *(
        pytest.param(choice, marks=pytest.mark.slow)
        for choice in (
            ["model=wgan"],
            ["model=gan_r1"],
            ["model=sngan"],
            ["model=ct_gan"],
            ["model=lsgan", "model.packing=2"],
            ["model=ragan"],
            ["model=cgan_wgan_gp"],
            ["model=gmgan_supervised_wgan_gp"],
            ["model=optimistic"],
        )
    ),
]


class Recorded(CapturedRound):
    """A captured round whose graph is a recording on the CPU."""

    def __init__(self, model: AdversarialModule) -> None:
        super().__init__(model, lambda: RecordedGraph(*self.state()))
        self.replayed = 0

    def state(self) -> list[Tensor]:
        optimizers: Any = self.model.trainer.optimizers
        moments = [value for optimizer in optimizers for state in optimizer.state.values() for value in state.values()]
        return [*self.model.parameters(), *self.model.buffers(), *moments]

    def play_round(self, batches: Any) -> None:
        super().play_round(batches)
        self.replayed += self.graph is not None and not self.model.watching


def trained(build_model: Any, *choice: str, captured: bool) -> AdversarialModule:
    model = build_model("data=ring", "network=mlp_2d", *choice)
    if captured:
        model.round_player = Recorded(model)
    fit(model, ROUNDS)
    return model


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice[0])
def test_a_repeated_round_is_a_played_one(build_model: Any, choice: list[str]) -> None:
    """Bit for bit, with fresh images and fresh random numbers in every round."""
    played, repeated = (trained(build_model, *choice, captured=captured) for captured in (False, True))
    assert isinstance(repeated.round_player, Recorded)
    assert repeated.round_player.replayed == ROUNDS - WARM_UP
    for (name, mine), other in zip(repeated.state_dict().items(), played.state_dict().values(), strict=True):
        assert torch.equal(mine, other), name
    for mine, other in zip(repeated.played, played.played, strict=True):
        assert mine.player == other.player
        assert mine.terms.minimised == other.terms.minimised
        assert mine.terms.diagnostics == other.terms.diagnostics
    assert repeated.critic_steps == played.critic_steps


def test_terms_of_earlier_rounds_are_not_overwritten(build_model: Any) -> None:
    model = trained(build_model, "model=wgan_gp", captured=True)
    before = model.played[-1].terms.diagnostics["loss"]
    value = before.item()
    assert isinstance(model.round_player, CapturedRound)
    present(model.round_player.graph).replay()
    assert before.item() == value


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (["model=began"], "BEGAN"),
        (["model=extragradient"], "Extragradient"),
        (["model=gan", "penalty=[lazy_r1]"], "lazy"),
        (["model=gan", "model.top_k.share=0.5"], "top_k"),
    ],
)
def test_rounds_that_differ_are_refused(build_model: Any, choice: list[str], message: str) -> None:
    captured = CapturedRound(build_model("data=ring", *choice))
    with pytest.raises(GanLabError, match=message):
        captured.refuse(torch.device("cuda"), 1)


def test_without_a_gpu_and_for_several_processes_it_is_refused(build_model: Any) -> None:
    captured = CapturedRound(build_model("data=ring", "model=gan"))
    with pytest.raises(GanLabError, match="needs an NVIDIA GPU"):
        captured.refuse(torch.device("cpu"), 1)
    with pytest.raises(GanLabError, match="for one process"):
        captured.refuse(torch.device("cuda"), 2)
    captured.refuse(torch.device("cuda"), 1)


@pytest.mark.parametrize(("version", "itself"), [("2.13.1", False), ("2.14.0", True), ("2.15.0+cu132", True)])
def test_older_graphs_must_be_told_their_generators(version: str, itself: bool) -> None:
    assert registers_generators(version) == itself


def test_optimizers_of_a_recorded_run_go_on_without_a_graph(build_model: Any, tmp_path: Path) -> None:
    """And the other way round; a checkpoint has the options of the device that saved it."""
    model = build_model("data=ring", "network=mlp_2d", "model=gan")
    fit(model, 2)
    model.trainer.save_checkpoint(tmp_path / "last.ckpt")
    saved = torch.load(tmp_path / "last.ckpt", weights_only=True)
    groups = [group for optimizer in saved["optimizer_states"] for group in optimizer["param_groups"]]
    for recorded in (False, True):
        for group in groups:
            group["capturable"] = not recorded
        other = build_model("data=ring", "network=mlp_2d", "model=gan")
        other.round_player = CapturedRound(other) if recorded else None
        other.on_load_checkpoint(saved)
        assert {group["capturable"] for group in groups} == {recorded}
    torch.save(saved | {"optimizer_states": with_capturable(saved["optimizer_states"])}, tmp_path / "gpu.ckpt")
    model.run_length = 4
    trainer().fit(model, datamodule=ring(), ckpt_path=tmp_path / "gpu.ckpt", weights_only=True)
    assert model.generator_steps == 4


def with_capturable(states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, as a GPU saves it."""
    return [
        state | {"param_groups": [group | {"capturable": True} for group in state["param_groups"]]} for state in states
    ]


@pytest.mark.slow
def test_a_run_with_graphs_goes_on_without_a_gpu(tmp_path: Path) -> None:
    run = ("model=gan", *QUICK, "hydra.run.dir=run")
    gan_lab(*run, "generator_steps=2", cwd=tmp_path)
    config = tmp_path / "run" / "config.yaml"
    config.write_text(config.read_text().replace("cuda_graph: false", "cuda_graph: true"))
    said = gan_lab("resume=run", "generator_steps=4", "trainer.accelerator=cpu", cwd=tmp_path)
    assert "trainer.cuda_graph=true needs an NVIDIA GPU, and this run is on cpu. The run goes on without it" in said
    assert checkpoint(tmp_path / "run")["counters"]["generator_steps"] == 4
    said = gan_lab(*run, "trainer.cuda_graph=true", "overwrite=true", cwd=tmp_path, status=1)
    assert "needs an NVIDIA GPU" in said


def test_another_way_to_play_rounds_needs_no_options_of_optimizers() -> None:
    class Counted(RoundPlayer):
        def play_round(self, batches: list[Batch]) -> None:
            self.played = len(batches)

    player = Counted()
    player.play_round([])
    assert (player.played, player.optimizer_options) == (0, {})
