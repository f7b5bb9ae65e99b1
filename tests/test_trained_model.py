"""What a checkpoint gives back: the networks as they were saved, the data of their run, and samples of their codes."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.data.of_run import own_data
from gan_lab.errors import GanLabError
from gan_lab.noise import seed_of
from gan_lab.runs.run_folder import RunFolder
from gan_lab.trained_model import TrainedModel, chosen_device
from gan_lab.trust.places import IDX_FILES
from tests.fixtures import Compose
from tests.sampler.known import Affine, Told, module, narrower, plain, small_ring

CPU = torch.device("cpu")
COUNTERS = {"rounds": 3, "generator_steps": 3, "images_seen": 192}


@pytest.fixture
def run(composed: Compose, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of a run that was just begun, and its model's configuration and weights as they were saved."""
    config = composed("model=gan", "data=ring", "seed=5")
    weights = build(config["model"], "model").state_dict()
    saved = {"config": config, "state_dict": weights, "counters": COUNTERS}
    for which in ("best", "last"):
        path = RunFolder(tmp_path).checkpoint(which)
        path.parent.mkdir(exist_ok=True)
        torch.save(saved, path)
    return tmp_path, saved


def test_the_networks_come_back_frozen_in_evaluation_mode_and_say_where_they_come_from(run: Any) -> None:
    folder, saved = run
    before = torch.get_rng_state()
    opened = TrainedModel.open(str(folder), "last", CPU)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(value, saved["state_dict"][name]) for name, value in opened.module.state_dict().items())
    assert not opened.module.training
    assert not any(parameter.requires_grad for parameter in opened.module.parameters())
    assert opened.checkpoint == RunFolder(folder).checkpoint("last")
    assert opened.stated == {
        "checkpoint": str(folder),
        "sha256": sha256(opened.checkpoint.read_bytes()).hexdigest(),
        "variant": "gan",
        "dataset": "ring",
        "training_seed": 5,
        **COUNTERS,
    }


def test_weights_of_another_configuration_are_refused(run: Any) -> None:
    folder, saved = run
    name, first = next(iter(saved["state_dict"].items()))
    path = RunFolder(folder).checkpoint("best")
    torch.save(saved | {"state_dict": saved["state_dict"] | {name: first.flatten()[:1]}}, path)
    with pytest.raises(GanLabError, match=rf"the weights in {path} do not fit its configuration: .*{name}"):
        TrainedModel.open(str(path), "best", CPU)


def test_data_are_those_of_the_run_or_of_the_same_shape(run: Any, composed: Compose) -> None:
    opened = TrainedModel.open(str(run[0]), "best", CPU)
    ring = composed("data=ring", "data.batch_size=32", "data.split_seed=4")["data"]
    own = opened.load_data(ring, "ring", ["data.batch_size=32"])
    assert own.batch_size == 32
    assert own.split_seed == opened.config["data"]["split_seed"] != 4  # the rest is as in training
    assert len(own.train) > 0
    assert opened.load_data(ring, "other", []).split_seed == 4
    with pytest.raises(GanLabError, match=r"of shape \[2\], but those of data=digits have shape \[1, 28, 28\]"):
        opened.load_data(composed("data=digits")["data"], "digits", [])


def test_the_place_of_the_data_is_the_present_one_where_the_old_one_is_gone(tmp_path: Path) -> None:
    gone, now = {"root": str(tmp_path / "gone"), "size": 1}, {"root": str(tmp_path / "now"), "size": 2}
    assert own_data(gone, now, []) == now | {"size": 1}
    there = gone | {"root": str(tmp_path)}
    assert own_data(there, now, []) == now | {"size": 1}  # what is missing there would be downloaded
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    for name in IDX_FILES:
        (tmp_path / "MNIST" / "raw" / name).touch()
    assert own_data(there, now, []) == there
    assert own_data(there | {"image_size": 4, "root": str(tmp_path / "MNIST")}, now, [])["root"].endswith("MNIST")
    assert own_data(gone | {"root": str(tmp_path)}, now, ["data.root=now"])["root"] == now["root"]
    assert own_data({"size": 1}, {"size": 2}, ["seed=3", "data=ring"]) == {"size": 1}
    assert own_data({"size": 1}, {"size": 2}, ["data.size=2", "data.strange=3"]) == {"size": 2}


def made(scale: float) -> TrainedModel:
    return TrainedModel(module(Affine(2, scale=scale), Told(2, narrower)), {}, {}, Path("unused/last.ckpt"))


def test_samples_that_are_not_finite_are_counted_and_refused() -> None:
    model, sampler = made(1.0), plain()
    model.prepare(sampler, small_ring())
    first = model.draw(sampler, 5, seed=3)
    assert torch.equal(first.x, model.draw(sampler, 5, seed=3).x)
    assert not torch.equal(first.x, model.draw(sampler, 5, seed=4).x)

    class Broken(Affine):
        """Every second sample has one coordinate that is not finite."""

        def forward(self, z: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
            x = super().forward(z, labels).clone()
            x[::2, 0] = torch.inf
            return x

    broken = TrainedModel(module(Broken(2), Told(2, narrower)), {}, {}, Path("unused/last.ckpt"))
    broken.prepare(sampler, small_ring())
    with pytest.raises(GanLabError, match="3 of 5 generated samples are not finite"):
        broken.draw(sampler, 5, seed=3)


def test_a_sampler_leaves_what_it_learnt_beside_the_checkpoint(tmp_path: Path) -> None:
    sampler = plain()
    model = TrainedModel(made(1.0).module, {}, {}, tmp_path / "checkpoints" / "last.ckpt")
    model.prepare(sampler, small_ring())
    assert sampler.context.prepared.cache is not None
    assert sampler.context.prepared.cache.folder == tmp_path / "checkpoints" / "prepared"


def test_a_device_by_name_or_the_best_there_is() -> None:
    assert chosen_device("cpu") == CPU
    assert chosen_device(None).type == ("cuda" if torch.cuda.is_available() else "cpu")
    with pytest.raises(GanLabError, match="device=abacus is not available: "):
        chosen_device("abacus")
    with pytest.raises(GanLabError, match="device=cuda:99 is not available: "):
        chosen_device("cuda:99")


def test_codes_of_the_test_are_not_those_that_chose_the_checkpoint(run: Any) -> None:
    """Evaluations during training draw from the key ("evaluation", seed)."""
    opened = TrainedModel.open(str(run[0]), "best", CPU)
    sampler = plain()
    opened.prepare(sampler, small_ring())
    codes = {split: opened.draw(sampler, 50, 5, split=split).latent.z for split in ("validation", "test")}
    generator = torch.Generator().manual_seed(seed_of("evaluation", 5))
    seen = opened.module.averaged_prior.sample(50, generator).z
    assert torch.equal(codes["validation"], seen)
    assert not (codes["test"][:, None] == seen).all(-1).any()
    assert torch.equal(codes["test"], opened.draw(sampler, 50, 5).latent.z), "what is not measured is as in the test"
