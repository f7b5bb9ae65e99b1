import json
from itertools import product
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_lab.data.digits import Digits
from gan_lab.data.stacked_mnist import StackedMNIST
from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.base import affine_head
from gan_lab.metric.extractor.pixels import PixelFeatures
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.extractor.stacked import StackedFeatures
from gan_lab.metric.extractor.trained import TrainedFeatures
from gan_lab.reference.published import REFERENCE
from tests.fixtures import Compose
from tests.present import present


@pytest.fixture
def trained(composed: Compose) -> TrainedFeatures:
    config = composed("metric=mnistcnn")["metric"]["extractor"]
    return TrainedFeatures(name=config["name"], sha256=config["sha256"])


@pytest.fixture
def images(digits: Digits) -> torch.Tensor:
    """[100, 3, 28, 28]: other digits in every channel."""
    return torch.cat(digits.test.values[:300].split(100), 1)


def test_features_are_those_of_the_channels_with_their_own_head(trained: TrainedFeatures, images: Tensor) -> None:
    extractor = StackedFeatures(digit=trained)
    extractor.adapt(3, 28, 28)
    assert extractor.has_head
    expected = torch.cat([trained(images[:, channel : channel + 1]) for channel in range(3)], 1)
    features = extractor(images)
    assert features.shape == (100, 1152)
    torch.testing.assert_close(features, expected, rtol=1e-5, atol=1e-5)
    assert len(extractor.mean) == 1152


def test_logits_are_the_sums_of_log_probabilities_in_the_order_of_the_labels(
    trained: TrainedFeatures, images: Tensor
) -> None:
    extractor = StackedFeatures(digit=trained)
    logits = extractor.extract(images)[1]
    assert present(logits).shape == (100, extractor.classes) == (100, 1000)
    a, b, c = (present(trained.extract(images[:, i : i + 1])[1]).double().log_softmax(1) for i in range(3))
    for x, y, z in product((0, 3, 9), repeat=3):
        expected = a[:, x] + b[:, y] + c[:, z]
        torch.testing.assert_close(present(logits)[:, 100 * x + 10 * y + z].double(), expected, rtol=1e-4, atol=1e-4)
    # They are the log-probabilities themselves, and so is each channel's sum over the other two.
    torch.testing.assert_close(present(logits).logsumexp(1), torch.zeros(100), rtol=0, atol=1e-4)
    torch.testing.assert_close(present(logits).view(-1, 10, 100).logsumexp(2).double(), a, rtol=1e-4, atol=1e-4)


def test_an_extractor_without_head_or_classes_gets_a_head_for_all_channels(images: Tensor) -> None:
    extractor = StackedFeatures(digit=RandomFeatures(name="random-v1", seed=0))
    extractor.adapt(3, 28, 28)
    assert (extractor.has_head, extractor.classes) == (False, 0)
    assert extractor.extract(images)[1] is None
    extractor.set_head(*affine_head(extractor(images)))
    features = extractor(images)
    torch.testing.assert_close(features.mean(0), torch.zeros(1152), rtol=0, atol=1e-4)
    assert features.var(0).mean().item() == pytest.approx(1, abs=1e-4)


def test_pixels_stay_in_their_order(images: Tensor) -> None:
    extractor = StackedFeatures(digit=PixelFeatures())
    extractor.adapt(3, 28, 28)
    torch.testing.assert_close(extractor(images), images.flatten(1) / 255)
    assert extractor(images[:0].expand(0, 3, 28, 28)).shape == (0, 3 * 784)


def test_the_digest_follows_the_wrapped_one(trained: TrainedFeatures) -> None:
    seeds = [StackedFeatures(digit=RandomFeatures(name="random-v1", seed=seed)) for seed in (0, 0, 1)]
    for extractor in seeds:
        extractor.adapt(3, 28, 28)
    one, two, other = (extractor.digest for extractor in seeds)
    assert one == two != other
    mine = StackedFeatures(digit=trained)
    assert mine.digest != trained.digest
    assert mine.name == "stacked-mnistcnn-v2"


def test_it_is_frozen_and_stays_in_eval_mode(trained: TrainedFeatures, images: Tensor) -> None:
    extractor = StackedFeatures(digit=trained)
    expected = extractor.extract(images)[1]
    extractor.train()
    assert torch.equal(present(extractor.extract(images)[1]), present(expected))  # dropout would change it
    assert not any(parameter.requires_grad for parameter in extractor.parameters())


def test_other_images_are_refused(trained: TrainedFeatures) -> None:
    extractor = StackedFeatures(digit=trained)
    with pytest.raises(
        GanLabError, match=r"takes images of 3 channels with a digit each, not of 1: use data=stacked_mn"
    ):
        extractor.adapt(1, 28, 28)
    with pytest.raises(GanLabError, match=r"shape \[1, 28, 28\], not \[1, 32, 32\]"):
        extractor.adapt(3, 32, 32)


@pytest.mark.mnist
def test_three_real_digits_are_read_as_often_as_the_single_accuracy_says(
    trained: TrainedFeatures, mnist_root: Path
) -> None:
    data = StackedMNIST(
        root=str(mnist_root),
        validation_size=10_000,
        train_images=1,
        validation_images=1,
        test_images=3000,
        shape=(3, 28, 28),
        num_classes=1000,
        batch_size=8,
        seed=0,
        split_seed=0,
    )
    data.setup()
    extractor = StackedFeatures(digit=trained)
    read = torch.cat([present(extractor.extract(batch)[1]).argmax(1) for batch in data.test.values.split(250)])
    right = json.loads((REFERENCE / f"{trained.name}.json").read_text())["accuracy"]["test"] ** 3
    four_deviations = 4 * (right * (1 - right) / 3000) ** 0.5
    assert (read == present(data.test.labels)).double().mean().item() == pytest.approx(right, abs=four_deviations)
