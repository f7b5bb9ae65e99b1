"""DINOv2's network and its preparation of images, against those of torchvision, of torch-fidelity and by hand."""

import copy
import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_fidelity.feature_extractor_base import FeatureExtractorBase
from torch_fidelity.feature_extractor_dinov2 import FeatureExtractorDinoV2
from torchvision.models import VisionTransformer as TorchvisionTransformer

from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.dinov2 import DINOv2Base, DINOv2Features, DINOv2Large, DINOv2Small
from gan_lab.metric.extractor.vision_transformer import PATCH, TRAINED_SIDE, VisionTransformer

SMALL = {"width": 24, "depth": 2, "heads": 3}


@pytest.fixture
def network() -> VisionTransformer:
    """A small one with weights and scales that are all different."""
    made = VisionTransformer(**SMALL)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in made.parameters():
            fan_in = parameter[0].numel() if parameter.ndim > 1 else 1
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / max(fan_in, 4) ** 0.5)
    return made.eval()


def torchvisions(network: VisionTransformer, side: int) -> TorchvisionTransformer:
    """Torchvision's network with the same weights. The scales γ, which it lacks, are factors of its linear maps."""
    theirs = TorchvisionTransformer(side, PATCH, SMALL["depth"], SMALL["heads"], SMALL["width"], 4 * SMALL["width"])
    theirs.heads = torch.nn.Identity()
    ours = network.state_dict()
    state = {
        "class_token": ours["cls_token"],
        "conv_proj.weight": ours["patch_embed.proj.weight"],
        "conv_proj.bias": ours["patch_embed.proj.bias"],
        "encoder.pos_embedding": network.positions(side // PATCH, side // PATCH),
        "encoder.ln.weight": ours["norm.weight"],
        "encoder.ln.bias": ours["norm.bias"],
    }
    for i in range(SMALL["depth"]):
        block, layer = f"blocks.{i}", f"encoder.layers.encoder_layer_{i}"
        for kind in ("weight", "bias"):
            rows = (lambda scale: scale[:, None]) if kind == "weight" else (lambda scale: scale)
            first, second = (rows(ours[f"{block}.ls{k}.gamma"]) for k in (1, 2))
            state |= {
                f"{layer}.ln_1.{kind}": ours[f"{block}.norm1.{kind}"],
                f"{layer}.ln_2.{kind}": ours[f"{block}.norm2.{kind}"],
                f"{layer}.self_attention.in_proj_{kind}": ours[f"{block}.attn.qkv.{kind}"],
                f"{layer}.self_attention.out_proj.{kind}": first * ours[f"{block}.attn.proj.{kind}"],
                f"{layer}.mlp.0.{kind}": ours[f"{block}.mlp.fc1.{kind}"],
                f"{layer}.mlp.3.{kind}": second * ours[f"{block}.mlp.fc2.{kind}"],
            }
    theirs.load_state_dict(state)
    return theirs.eval()


@pytest.mark.parametrize("side", [28, 70])
@torch.inference_mode()
def test_the_network_is_that_of_torchvision(network: VisionTransformer, side: int) -> None:
    images = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(1))
    found, expected = network(images), torchvisions(network, side)(images)
    assert found.shape == (2, SMALL["width"])
    assert found.std() > 0.1
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(found[0], found[1], atol=0.1)


def weights_along(n: int) -> np.ndarray:
    """The n × 37 matrix of cubic convolution (Keys 1981, with a = -3/4), whose step is 37 / (n + 0.1), not 37 / n."""
    matrix = np.zeros((n, TRAINED_SIDE))
    for i in range(n):
        at = (i + 0.5) * TRAINED_SIDE / (n + 0.1) - 0.5
        for place in range(int(np.floor(at)) - 1, int(np.floor(at)) + 3):
            t = abs(at - place)
            near, far = 1.25 * t**3 - 2.25 * t**2 + 1, -0.75 * (t**3 - 5 * t**2 + 8 * t - 4)
            matrix[i, np.clip(place, 0, TRAINED_SIDE - 1)] += near if t <= 1 else far
    return matrix


def test_positions_are_interpolated_by_cubic_convolution(network: VisionTransformer) -> None:
    grid = network.pos_embed[0, 1:].detach().double().numpy().reshape(TRAINED_SIDE, TRAINED_SIDE, -1)
    for rows, columns in ((16, 16), (16, 5), (40, 37)):
        found = network.positions(rows, columns).detach()
        expected = np.einsum("ir,jc,rcd->ijd", weights_along(rows), weights_along(columns), grid)
        assert torch.equal(found[:, 0], network.pos_embed[:, 0])
        assert found.shape == (1, 1 + rows * columns, SMALL["width"])
        np.testing.assert_allclose(found[0, 1:].numpy(), expected.reshape(rows * columns, -1), atol=1e-4)
    assert network.positions(TRAINED_SIDE, TRAINED_SIDE) is network.pos_embed


@pytest.mark.parametrize(("kind", "millions"), [(DINOv2Small, 22.06), (DINOv2Base, 86.58), (DINOv2Large, 304.37)])
def test_as_many_parameters_as_the_published_ones(kind: type[DINOv2Features], millions: float) -> None:
    with torch.device("meta"):
        network = VisionTransformer(width=kind.dim, depth=kind.depth, heads=kind.heads)
    assert sum(parameter.numel() for parameter in network.parameters()) / 1e6 == pytest.approx(millions, abs=0.005)


def test_parameters_have_the_names_of_the_published_files() -> None:
    of_block = ["norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2"]
    names = {"cls_token", "pos_embed", "mask_token", "patch_embed.proj.weight", "patch_embed.proj.bias"}
    names |= {"norm.weight", "norm.bias"}
    for i in range(SMALL["depth"]):
        names |= {f"blocks.{i}.{part}.{kind}" for part in of_block for kind in ("weight", "bias")}
        names |= {f"blocks.{i}.ls1.gamma", f"blocks.{i}.ls2.gamma"}
    assert VisionTransformer(**SMALL).state_dict().keys() == names


class Small(DINOv2Features):
    """The extractor with a network that is small."""

    file, origin = "small.pth", "nowhere"
    architecture, dim, depth, heads = "small", SMALL["width"], SMALL["depth"], SMALL["heads"]


class TorchFidelity(FeatureExtractorDinoV2):
    """That of torch-fidelity with a network that is given, where its own constructor downloads one."""

    def __init__(self, network: VisionTransformer) -> None:
        FeatureExtractorBase.__init__(self, "dinov2-vit-s-14", ["dinov2"])
        self.feature_extractor_internal_dtype = torch.float32
        self.model = network


@pytest.fixture
def small(network: VisionTransformer, tmp_path: Path) -> Small:
    torch.save(network.state_dict(), tmp_path / "small.pth")
    sha256 = hashlib.sha256((tmp_path / "small.pth").read_bytes()).hexdigest()
    return Small(weights=str(tmp_path / "small.pth"), sha256=sha256)


@pytest.fixture
def images() -> Tensor:
    return torch.randint(0, 256, (3, 3, 20, 24), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def test_features_are_those_of_torch_fidelity(small: Small, network: VisionTransformer, images: Tensor) -> None:
    small.adapt(3, 20, 24)
    features, logits = small.extract(images)
    assert (features.shape, logits, small.classes) == ((3, SMALL["width"]), None, 0)
    with torch.inference_mode():
        (expected,) = TorchFidelity(copy.deepcopy(network))(images)
    torch.testing.assert_close(features, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(small(images[:, :1]), small(images[:, :1].repeat(1, 3, 1, 1)), rtol=0, atol=0)


def test_a_file_of_another_network_is_refused(network: VisionTransformer, tmp_path: Path) -> None:
    state = network.state_dict()
    lacking = {name: tensor for name, tensor in state.items() if name != "blocks.1.ls2.gamma"}
    for content in (lacking, state | {"pos_embed": state["pos_embed"][:, :-1]}):
        torch.save(content, path := tmp_path / "other.pth")
        with pytest.raises(GanLabError, match="but does not hold the weights of dinov2-small"):
            Small(weights=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize("kind", [DINOv2Small, DINOv2Base, DINOv2Large])
def test_a_missing_file_is_named(kind: type[DINOv2Features]) -> None:
    wanted = rf"is not set: fetch {kind.file} \(sha256 01234567\) from https://dl\.fbaipublicfiles\.com/dinov2/dinov2_"
    with pytest.raises(GanLabError, match=wanted):
        kind(weights=None, sha256="01234567")
