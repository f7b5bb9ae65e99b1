import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.build import build
from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.extractor.recipe import train_network
from gan_lab.metric.extractor.base import affine_head
from gan_lab.metric.extractor.convnet import ConvClassifier
from gan_lab.metric.extractor.pixels import PixelFeatures
from gan_lab.metric.extractor.pooled_network import PooledNetwork
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.extractor.trained import TrainedFeatures, to_artefact
from gan_lab.metric.extractor.trained_files import SHIPPED
from tests.fixtures import Compose
from tests.present import present


@pytest.fixture
def pinned(composed: Compose) -> str:
    """The hash that the default config pins."""
    return composed("metric=mnistcnn_v1")["metric"]["extractor"]["sha256"]


def test_shipped_weights_are_the_pinned_ones(composed: Compose, pinned: str) -> None:
    assert hashlib.sha256((SHIPPED / "mnistcnn-v1.safetensors").read_bytes()).hexdigest() == pinned
    newest = composed("metric=mnistcnn")["metric"]["extractor"]
    assert composed("metric=torch_fidelity")["metric"]["extractor"] == newest
    assert composed("metric=stacked")["metric"]["extractor"]["digit"] == newest


def test_other_weights_than_the_pinned_ones_are_refused(tmp_path: Path, pinned: str) -> None:
    path = shutil.copy(SHIPPED / "mnistcnn-v1.safetensors", tmp_path)
    TrainedFeatures(name="mnistcnn-v1", sha256=pinned, folder=str(tmp_path))
    with open(path, "r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x55")
    with pytest.raises(GanLabError, match=f"but the configuration states {pinned}"):
        TrainedFeatures(name="mnistcnn-v1", sha256=pinned, folder=str(tmp_path))


@pytest.mark.parametrize(
    ("metric", "dim", "purpose"), [("mnistcnn", 384, "handwritten digits"), ("fashioncnn", 384, "clothes")]
)
def test_newer_weights_are_the_pinned_ones_and_small(composed: Compose, metric: str, dim: int, purpose: str) -> None:
    extractor: TrainedFeatures = build(composed(f"metric={metric}")["metric"]["extractor"], "extractor")
    extractor.adapt(1, 28, 28)
    features, logits = extractor.extract(torch.zeros(2, 1, 28, 28, dtype=torch.uint8))
    assert (features.shape, present(logits).shape) == ((2, dim), (2, 10))
    assert (features.dtype, extractor.made_for, extractor.classes) == (torch.float32, purpose, 10)
    assert (SHIPPED / f"{extractor.name}.safetensors").stat().st_size < 2_000_000


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GanLabError, match=r"there is no extractor at .*/other\.safetensors"):
        TrainedFeatures(name="other", sha256="0", folder=str(tmp_path))


def test_images_of_another_shape_are_refused(pinned: str) -> None:
    extractor = TrainedFeatures(name="mnistcnn-v1", sha256=pinned)
    extractor.adapt(1, 28, 28)
    with pytest.raises(GanLabError, match=r"shape \[1, 28, 28\], not \[3, 28, 28\]"):
        extractor.adapt(3, 28, 28)
    with pytest.raises(GanLabError, match=r"up to 4096 values, not 4800"):
        PixelFeatures().adapt(3, 40, 40)
    with pytest.raises(GanLabError, match="4x4 pixels or more, not 3x9"):
        RandomFeatures(name="random-v1", seed=0).adapt(1, 3, 9)


def test_features_are_the_pooled_maps_with_the_head(pinned: str) -> None:
    extractor = TrainedFeatures(name="mnistcnn-v1", sha256=pinned)
    images = torch.randint(0, 256, (3, 1, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    assert isinstance(extractor.network, ConvClassifier)
    first, second = extractor.network.blocks(images / 255)
    assert (first.shape, second.shape) == ((3, 32, 14, 14), (3, 64, 7, 7))
    quarter = first[:, :, :7, 7:].mean((2, 3))  # top right
    top_right = slice(1, 128, 4)
    expected = (quarter - extractor.mean[top_right]) / extractor.scale
    features = extractor(images)
    assert features.shape == (3, 384)
    torch.testing.assert_close(features[:, top_right], expected)
    assert present(extractor.extract(images)[1]).shape == (3, 10)


def test_low_precision_of_training_does_not_reach_the_features(pinned: str, digits: Digits) -> None:
    extractor = TrainedFeatures(name="mnistcnn-v1", sha256=pinned)
    expected, logits = extractor.extract(digits.test.values[:9])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(extractor(digits.test.values[:9]), expected)
        assert torch.equal(present(extractor.extract(digits.test.values[:9])[1]), present(logits))


def test_no_random_number_is_drawn(pinned: str) -> None:
    before = torch.get_rng_state()
    TrainedFeatures(name="mnistcnn-v1", sha256=pinned)
    RandomFeatures(name="random-v1", seed=0).adapt(3, 8, 8)
    assert torch.equal(torch.get_rng_state(), before)


def test_random_v1_is_the_same_everywhere() -> None:
    extractor = RandomFeatures(name="random-v1", seed=0)
    extractor.adapt(1, 28, 28)
    weight = extractor.blocks.conv2.weight
    assert weight[0, 0].flatten()[:4].tolist() == pytest.approx(
        [0.04656694, 0.06597988, -0.01538965, -0.06098104], rel=1e-5
    )
    if torch.backends.cpu.get_cpu_capability() != "DEFAULT":  # without vector instructions the last bits are others
        assert extractor.digest == "fdde0a5b9970c3596917d063665bfde18c66b0c3e1adc11f92d38f86b7cff93d"
    assert weight.var().item() == pytest.approx(2 / (32 * 9), rel=0.03)
    assert not present(extractor.blocks.conv2.bias).any()


def test_digest_of_random_weights_follows_the_seed_alone() -> None:
    def digest(seed: int, *shape: int) -> str:
        extractor = RandomFeatures(name="any", seed=seed)
        extractor.adapt(*shape)
        return extractor.digest

    assert digest(0, 1, 28, 28) == digest(0, 1, 8, 64)
    assert len({digest(0, 1, 28, 28), digest(1, 1, 28, 28), digest(0, 3, 28, 28)}) == 3


def test_pixels_are_features() -> None:
    images = torch.tensor([0, 51, 102, 255], dtype=torch.uint8).view(1, 1, 2, 2)
    torch.testing.assert_close(PixelFeatures()(images), torch.tensor([[0.0, 0.2, 0.4, 1.0]]))


def test_affine_head() -> None:
    mean, scale = affine_head(torch.tensor([[0.0, 1.0], [2.0, 5.0]]))
    assert mean.tolist() == [1.0, 3.0]
    assert scale.item() == pytest.approx(5**0.5)  # variances 2 and 8


def test_same_weights_same_bytes() -> None:
    torch.manual_seed(0)
    classifier = PooledNetwork(channels=1, classes=3)
    head = (torch.zeros(classifier.dim), torch.ones(()))
    one, two = (to_artefact(classifier, (1, 8, 8), head, "clothes") for _ in range(2))
    assert one == two
    assert to_artefact(classifier, (1, 8, 8), (head[0] + 1, head[1]), "clothes") != one


def test_a_file_gives_back_the_network_its_head_and_its_purpose(tmp_path: Path) -> None:
    torch.manual_seed(0)
    classifier = PooledNetwork(channels=3, classes=4)
    images = torch.randint(0, 256, (20, 3, 9, 12), dtype=torch.uint8)
    classifier.extract(images / 255)  # statistics of the batch, that are not the initial ones
    mean, scale = torch.randn(classifier.dim), torch.tensor(2.0)
    (tmp_path / "own.safetensors").write_bytes(
        artefact := to_artefact(classifier.eval(), (3, 9, 12), (mean, scale), "clothes")
    )
    extractor = TrainedFeatures(name="own", sha256=hashlib.sha256(artefact).hexdigest(), folder=str(tmp_path))
    assert (extractor.classes, extractor.made_for, extractor.shape) == (4, "clothes", (3, 9, 12))
    features, logits = classifier.extract(images / 255)
    found = extractor.extract(images)
    torch.testing.assert_close(found[0], (features - mean) / scale)
    torch.testing.assert_close(present(found[1]), present(logits))
    last = present(classifier.last)
    torch.testing.assert_close(logits, features @ last.weight.T + last.bias)


def test_a_file_of_a_network_without_classes_gives_features_alone(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = PooledNetwork(channels=1, classes=0).eval()
    artefact = to_artefact(network, (1, 8, 8), (torch.zeros(network.dim), torch.ones(())), "clothes")
    (tmp_path / "own.safetensors").write_bytes(artefact)
    extractor = TrainedFeatures(name="own", sha256=hashlib.sha256(artefact).hexdigest(), folder=str(tmp_path))
    images = torch.randint(0, 256, (5, 1, 8, 8), dtype=torch.uint8)
    features, logits = extractor.extract(images)
    assert (extractor.classes, logits) == (0, None)
    torch.testing.assert_close(features, network.extract(images / 255)[0])
    assert extractor.described == "own, trained without labels"


def test_training_follows_from_its_seed_alone(digits: Digits) -> None:
    images, labels = digits.train.values[:300], present(digits.train.labels)[:300]
    recipe: dict[str, Any] = {"classes": 10, "epochs": 1, "batch_size": 64, "lr": 1e-3}

    def train(seed: int) -> Tensor:
        return torch.cat([p.flatten() for p in train_network(images, labels, seed=seed, **recipe).parameters()])

    before = torch.get_rng_state()
    one = train(0)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.are_deterministic_algorithms_enabled()
    torch.manual_seed(1234)
    assert torch.equal(train(0), one)
    assert not torch.equal(train(1), one)
