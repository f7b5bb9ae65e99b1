"""What onnxruntime computes alone, of every kind of network and layer, with batches of any size."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

import gan_lab
from gan_lab.config.choices import choices
from gan_lab.errors import GanLabError
from gan_lab.export import onnx_files
from gan_lab.export.run import save
from gan_lab.trained_model import TrainedModel
from tests.library.made_models import SMALL, made
from tests.present import present

onnxruntime = pytest.importorskip("onnxruntime")
WIDTHS = ("model.prior.dim=4", "model.generator.width=2")
CRITIC = ("model.critic.width=2",)
ENCODER = ("autoencoder.encoder.width=2", "autoencoder.decoder.width=2", "autoencoder.encoder.outputs=3")
DENSE = ("model.generator.hidden=5", "model.critic.hidden=5")
CASES = {
    "mlp with labels": ("model=cgan_wgan_gp", "data=digits", *SMALL, "model.generator.norm=batch"),
    "mlp_2d": ("model=gan", "data=ring", "prior=uniform", "model.packing=2", "model.critic.norm=batch"),
    "dirac": ("model=gan", "data=dirac"),
    "dcgan of a mixture": (
        *("model=gmgan_dynamic", "data=digits", "network=dcgan", *WIDTHS, *CRITIC, "model.critic.norm=spectral"),
        *("model.critic.dropout=0.3", "model.generator.norm=batch", "model.generator.activation=silu"),
    ),
    "infogan infogan_small": (
        *("model=gan", "data=digits", "network=infogan", *WIDTHS, *CRITIC, *DENSE, "model.critic.norm=layer"),
        *("model.generator.norm=layer", "model.critic.activation=tanh"),
    ),
    "resnet": (
        *("model=gmgan_dynamic", "data=digits", "network=resnet", *WIDTHS, *CRITIC, "model.critic.norm=spectral"),
        *("model.generator.attention=14", "model.critic.attention=7", "model.generator.norm=batch"),
    ),
    "r3gan": (
        *("model=r3gan", "data=digits", "network=r3gan", "model.prior.dim=4"),
        *("model.generator.width=8", "model.critic.width=8"),
    ),
    "spectral generator": (
        *("model=gan", "data=digits", "network=dcgan", *WIDTHS, *CRITIC, "model.generator.norm=spectral"),
    ),
    "autoencoder of mlp": (
        "model=began",
        "data=digits",
        "model.generator.hidden=[8]",
        "autoencoder.encoder.hidden=[8]",
    ),
    "autoencoder of mlp_2d": ("model=ebgan", "data=ring"),
    "autoencoder of dcgan": ("model=ebgan", "data=digits", "network=dcgan", *WIDTHS, *ENCODER),
}
FAST = ("mlp with labels",)


def opened(folder: Path, words: Sequence[str]) -> TrainedModel:
    return TrainedModel.open(str(made(folder, *words)), "best", torch.device("cpu"))


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in FAST else pytest.mark.slow) for name in CASES])
def test_onnxruntime_alone_computes_what_torch_does(tmp_path: Path, name: str) -> None:
    trained = opened(tmp_path / "run", CASES[name])
    folder, _ = save(trained, tmp_path / "out", networks=["generator", "critic"])
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "critic.onnx",
        "generator.onnx",
        "samples.png",
    ]
    generator, critic = (onnxruntime.InferenceSession(folder / f"{name}.onnx") for name in ("generator", "critic"))
    said = generator.get_modelmeta().custom_metadata_map
    random = torch.Generator().manual_seed(3)
    noise = torch.randn(5, trained.module.prior.dim, generator=random)
    given, component = {"noise": noise.numpy()}, torch.tensor([0, 3, 3, 9, 1])
    choice = {"label", "component"} & {*said}
    assert [one.name for one in generator.get_inputs()] == ["noise", *choice]
    z = noise
    if choice:
        given[choice.pop()] = component.numpy()
        assert json.loads(said["classes"]) == [str(k) for k in range(10)]
        mean, std = trained.module.averaged_prior.gaussian(gan_lab.types.Latent(noise, component))
        z = mean + std * noise
    with torch.no_grad():
        wanted = trained.module.averaged_generator(z, component)
    (x,) = generator.run(None, given)
    assert np.abs(x - wanted.numpy()).max() < 1e-4
    judge = present(trained.module.critic)
    packs = torch.from_numpy(x)[:4].reshape(-1, *judge.shape)
    (score,) = critic.run(["score"], {critic.get_inputs()[0].name: packs.numpy()})
    with torch.no_grad():
        assert np.abs(score - judge(packs).score.numpy()).max() < 1e-4
    assert said["noise"].endswith("uniform on [-1, 1]" if "prior=uniform" in CASES[name] else "normal")
    assert said["sha256"] == trained.stated["sha256"]
    assert said["pixels"].startswith("[-1, 1]" if x.ndim == 4 else "points")


@pytest.mark.slow
def test_a_flow_is_written_with_the_steps_of_its_solver(tmp_path: Path) -> None:
    small = ("network=dcgan", "flow.velocity.width=2", "flow.steps=2")
    trained = opened(tmp_path / "run", ("model=flow_matching", "data=digits", *small))
    with pytest.raises(GanLabError, match="no critic to write"):
        save(trained, tmp_path / "both", networks=["generator", "critic"])
    folder, _ = save(trained, tmp_path / "out", networks=["generator"])
    noise = torch.randn(5, 28 * 28, generator=torch.Generator().manual_seed(3))
    (x,) = onnxruntime.InferenceSession(folder / "generator.onnx").run(None, {"noise": noise.numpy()})
    with torch.no_grad():
        assert np.abs(x - trained.module.averaged_generator(noise).numpy()).max() < 1e-4


def test_every_network_has_a_case() -> None:
    named = {word for name in CASES for word in name.split()}
    assert {*choices("network"), *choices("autoencoder")} <= named


def test_a_file_that_differs_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a tolerance that rounding errors exceed."""
    monkeypatch.setattr(onnx_files, "TOLERANCE", 1e-12)
    trained = opened(tmp_path / "run", ("model=gan", "data=ring", "model.prior.dim=4"))
    with pytest.raises(
        GanLabError, match=r"with generator\.onnx, .* differs from torch by .* so that nothing is written"
    ):
        save(trained, tmp_path / "out", networks=["generator"])
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("statistics", ["stddev", "discrimination"])
def test_a_critic_of_whole_batches_is_refused(tmp_path: Path, statistics: str) -> None:
    trained = opened(tmp_path / "run", ("model=gan", "data=ring", f"model.critic.batch_statistics={statistics}"))
    with pytest.raises(GanLabError, match=r"networks=\[generator\] writes the generator alone"):
        save(trained, tmp_path / "out", networks=["critic"])
    assert not (tmp_path / "out").exists()


def test_the_cards_program_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = opened(tmp_path / "run", CASES["mlp with labels"])
    folder, _ = save(trained, tmp_path / "out", networks=["generator", "critic"])
    monkeypatch.chdir(folder)
    names: dict[str, np.ndarray] = {}
    exec((folder / "README.md").read_text().split("```python\n")[1].split("```")[0], names)
    assert names["images"].shape == (64, 1, 28, 28)
    assert names["score"].shape == (64, 10)
