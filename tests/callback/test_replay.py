"""The recording of a run on points: which moments, which values, and that training does not notice."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from gan_lab.callback.replay import Replay
from gan_lab.callback.replay_frame import EMD_POINTS, Stage, frame_of
from gan_lab.metric.earth_mover import earth_mover_distance
from gan_lab.network.modes import evaluation_mode
from gan_lab.replay.recording import CRITIC, GENERATOR, STEP, Recording, read, text_of
from tests.callback.runs import played
from tests.fixtures import BuildModel
from tests.replay.recordings import recording as other_shapes
from tests.short_runs import ring, trainer


def replay(folder: Path, **more: Any) -> Replay:
    return Replay(run_dir=str(folder), **{"times": 3, "turns": 2, "points": 20, "cells": 7, "measured": 50} | more)


def moments(recording: Recording) -> list[tuple[float, int]]:
    return [*zip(recording.time, recording.turn, strict=True)]


def test_frames_are_steps_and_the_turns_of_a_few_rounds(build_model: BuildModel, tmp_path: Path) -> None:
    played(build_model("model=wgan", "data=ring", "model.n_critic=3"), 6, replay(tmp_path))
    turns = [(0.25, CRITIC), (0.5, CRITIC), (0.75, CRITIC), (1.0, GENERATOR)]
    later = [(3 + time, turn) for time, turn in turns]
    found = read(tmp_path / "replay.json")
    assert moments(found) == [(0.0, STEP), *turns, (2.0, STEP), (3.0, STEP), *later, (6.0, STEP)]
    assert found.shapes == {"score": (7, 7), "fake": (20, 2), "gradient": (20, 2), "manifold": (21, 21, 2)}
    first, second, last = (found.quantities["fake"][i].exact for i in (0, 3, 4))
    assert np.array_equal(first, second), "turns of the critic do not move a fake"
    assert not np.array_equal(second, last), "that of the generator does"
    scores = [frame.exact for frame in found.quantities["score"][:4]]
    assert all(not np.array_equal(a, b) for a, b in itertools.pairwise(scores))
    assert found.measures["emd"][0] == found.measures["emd"][3] != found.measures["emd"][4]


@pytest.mark.parametrize("name", ["extragradient", "consensus"])
def test_players_that_step_together_are_recorded_after_their_steps(
    build_model: BuildModel, tmp_path: Path, name: str
) -> None:
    """The critic's frame shows its new scores beside the old fakes, that of the generator the new fakes. What the
    extragradient method takes back is in none: the last turn is the end of the run."""
    model = build_model(f"model={name}", "data=ring")
    played(model, 1, recorder := replay(tmp_path, times=1, turns=1))
    found = read(tmp_path / "replay.json")
    assert moments(found) == [(0.0, STEP), (0.5, CRITIC), (1.0, GENERATOR)]
    scores, fakes = ([frame.exact for frame in found.quantities[name]] for name in ("score", "fake"))
    assert not np.array_equal(scores[0], scores[1])
    assert np.array_equal(scores[1], scores[2])
    assert np.array_equal(fakes[0], fakes[1])
    close(fakes[2], recorder.stage.generated(model, 20)[0].detach().double().numpy())
    end = frame_of(model, recorder.stage)
    close(scores[2], end["score"])


@pytest.mark.parametrize(
    "words",
    [
        ("model=wgan_gp", "model.critic.dropout=0.5", "model.critic.norm=spectral"),
        ("model=extragradient",),
        ("model=consensus",),
    ],
)
def test_training_does_not_notice(build_model: BuildModel, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Dropout and a penalty draw random numbers; the weights are the same to the last bit."""
    with_it, without = build_model("data=ring", *words), build_model("data=ring", *words)
    played(with_it, 4, replay(tmp_path, times=4, turns=4))
    played(without, 4)
    for name, value in without.state_dict().items():
        assert torch.equal(value, with_it.state_dict()[name]), name
    assert with_it.after_turn is None
    assert with_it.watching is False


def test_an_interrupted_recording_goes_on(build_model: BuildModel, tmp_path: Path) -> None:
    """What a killed run recorded after its last checkpoint is recorded again, and the file is the same to the byte."""
    from gan_lab.callback.checkpoints import AtomicCheckpointIO, Checkpoints

    def callbacks(folder: Path) -> list[Any]:
        saving = Checkpoints(run_dir=str(folder), times=2)
        return [saving, replay(folder, times=6, turns=3)]  # even where checkpoints come first

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    played(build_model("model=gan", "data=ring"), 6, *callbacks(whole))
    played(build_model("model=gan", "data=ring"), 6, *callbacks(cut))
    previous = cut / "checkpoints" / "previous.ckpt"
    assert read_checkpoint_step(previous) == 3
    model = build_model("model=gan", "data=ring")
    model.run_length = 6
    again = trainer(callbacks=callbacks(cut), plugins=[AtomicCheckpointIO()])
    again.fit(model, datamodule=ring(), ckpt_path=str(previous), weights_only=True)
    assert (cut / "replay.json").read_bytes() == (whole / "replay.json").read_bytes()


def read_checkpoint_step(path: Path) -> int:
    saved = torch.load(path, map_location="cpu", weights_only=True)
    return int(saved["counters"]["generator_steps"])


def losses(score: torch.Tensor, model: str) -> torch.Tensor:
    """What the generator minimises by the score of one fake, by its paper."""
    return {
        "gan": F.softplus(-score),
        "gan_minimax": -F.softplus(score),
        "lsgan": 0.5 * (score - 1) ** 2,
        "hinge": -score,
        "wgan_gp": -score,
    }[model]


@pytest.mark.parametrize("name", ["gan", "gan_minimax", "lsgan", "hinge", "wgan_gp"])
def test_what_is_stored_is_what_torch_computes(name: str, build_model: BuildModel, tmp_path: Path) -> None:
    """Scores at every stored point, fakes, manifold and gradients, to a thousandth of their range, after training."""
    model = build_model(f"model={name}", "data=ring", "model.prior.dim=2", "optimizer.lr=0.01")
    played(model, 3, recorder := replay(tmp_path, times=1, turns=0))
    found = read(tmp_path / "replay.json")
    last = {quantity: frames[-1].exact for quantity, frames in found.quantities.items()}
    x, y, half = found.window
    places = [(i + 0.5) / 7 * 2 * half - half for i in range(7)]
    points = torch.tensor([[x + right, y + up] for up in places for right in places])
    with evaluation_mode(model):
        score = model.critic(points).score.detach().view(7, 7).double().numpy()
        fake, _ = recorder.stage.generated(model, 20)
        moved = fake.detach().requires_grad_()
        total = losses(model.critic(moved).score.squeeze(1), name).sum()
        (slope,) = torch.autograd.grad(total, moved)
        code = recorder.stage.latent_grid(model).z.view(21, 21, 2)[2, 17]
        corner = model.generator(code[None]).detach()[0]
    close(last["score"], score)
    close(last["fake"], fake.detach().double().numpy())
    close(last["gradient"], -slope.double().numpy())
    assert np.abs(last["manifold"][2, 17] - corner.numpy()).max() <= 1e-3 * np.ptp(last["manifold"])
    m = min(EMD_POINTS, 50)
    real, generated = torch.from_numpy(recorder.stage.real[:m]), recorder.stage.generated(model, m)[0].detach().double()
    assert found.measures["emd"][-1] == pytest.approx(earth_mover_distance(real, generated), rel=1e-5)


def close(found: Any, exact: Any) -> None:
    assert np.abs(found - exact).max() <= 1e-3 * np.ptp(exact)


def test_the_grid_of_codes_divides_them_evenly(build_model: BuildModel) -> None:
    model = build_model("model=gan", "data=ring", "model.prior.dim=3")
    stage = Stage.of(model, ring(), 5, 4, 5)
    z = stage.latent_grid(model).z.view(21, 21, 3)
    assert torch.equal(z[..., 2], torch.zeros(21, 21))
    shares = torch.special.ndtr(z[:, 0, 0].double())
    assert torch.allclose(shares.diff(), torch.full((20,), 0.95 / 20, dtype=torch.float64), atol=1e-6)
    assert torch.equal(z[:, 4, 0], z[:, 9, 0])
    assert torch.equal(z[4, :, 1], z[9, :, 1])


def test_the_critics_values_of_a_kernel_discrepancy_are_the_witness(build_model: BuildModel) -> None:
    """Of a batch of generated and one of real points, as a double loop over both sums it."""
    model = build_model("model=mmd_gan", "data=ring", "model.loss.kernel=gaussian", "model.loss.shapes=[2.0]")
    stage = Stage.of(model, ring(), 6, 3, 5)
    found = frame_of(model, stage)
    with torch.no_grad(), evaluation_mode(model):
        place, real, fake = (
            model.critic(torch.as_tensor(points).float()).score
            for points in (stage.plane(), stage.batch.images, found["fake"])
        )

    def k(one: torch.Tensor, other: torch.Tensor) -> float:
        return float(torch.exp(-(one - other).square().sum() / 8))

    witness = [sum(k(h, x) for x in real) / 6 - sum(k(h, y) for y in fake) / 6 for h in place]
    np.testing.assert_allclose(found["score"].flatten(), witness, atol=1e-5)


def test_moments_that_are_not_finite_are_left_out(build_model: BuildModel, tmp_path: Path) -> None:
    model = build_model("model=gan", "data=ring")
    played(model, 1, recorder := replay(tmp_path, turns=0))
    assert recorder.recording is not None
    before = moments(recorder.recording)
    with torch.no_grad():
        next(model.generator.parameters()).fill_(torch.nan)
    recorder.record(model, 2.0, STEP)
    assert moments(recorder.recording) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("model=cramer_gan",),
        ("model=extragradient",),
        ("model=unrolled", "model.steps_ahead=1"),
        ("model=infogan",),
        ("model=mmgan",),
        ("model=wgan_qc",),
        ("model=ebgan", "model.pretraining_epochs=0.01"),
        ("model=began",),
        ("model=gmgan_dynamic",),
        ("model=r3gan",),
        ("model=gan", "model.packing=2"),
        ("model=gan", "penalty=[feature_matching]"),
        ("model=gan", "model.critic.batch_statistics=stddev"),
    ],
)
def test_every_procedure_can_be_recorded(words: tuple[str, ...], build_model: BuildModel) -> None:
    """What a run cannot show is said, and everything else is there."""
    model = build_model("data=ring", *words)
    played(model, 1)
    stage = Stage.of(model, ring(), 16, 5, 20)
    frame, lacking = frame_of(model, stage), stage.recording().lacking
    assert {*frame} | {*lacking} == {"score", "fake", "gradient", "manifold"}
    assert not {*frame} & {*lacking}
    assert all(np.isfinite(values).all() for values in frame.values())


def test_a_broken_frame_is_left_out_and_a_damaged_file_is_said(
    build_model: BuildModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = Recording((0.0, 0.0, 1.0), np.zeros((1, 2)))
    recording.add(1.0, STEP, {"fake": np.array([[np.nan, 0.0]])}, {})
    assert recording.time == []
    callback, model = replay(tmp_path), build_model("model=gan", "data=ring")
    callback.stage = Stage.of(model, ring(), 20, 7, 50)
    for text, sentence in (("{}", "is damaged"), (text_of(other_shapes()), "has frames of other shapes")):
        callback.path.write_text(text)
        assert callback.earlier(model) is None
        assert f"replay.json {sentence}" in capsys.readouterr().out
