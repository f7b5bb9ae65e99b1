import copy
import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
from torch_fidelity.feature_extractor_vgg16 import FeatureExtractorVGG16

from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.inception import InceptionFeatures
from gan_lab.metric.extractor.vgg16 import VGG16Features
from tests.present import present

State = dict[str, Tensor]


class Unloaded(FeatureExtractorInceptionV3):
    def load_state_dict(self, state: State) -> None:
        assert state == {}


def inception_shapes(empty: Path) -> State:
    torch.save({}, empty)
    with torch.device("meta"):
        return Unloaded("inception-v3-compat", ["2048"], feature_extractor_weights_path=empty).state_dict()


def vgg16_shapes() -> State:
    with torch.device("meta"):
        return torchvision.models.vgg16().state_dict()


def random_weights(shapes: State) -> State:
    """Weights of these shapes. A tensor is a view of few numbers, w[i, j] = s[2i + j], which keeps the file small."""
    generator = torch.Generator().manual_seed(0)
    state = {}
    for name, meta in shapes.items():
        if not meta.is_floating_point():
            state[name] = torch.tensor(7)
            continue
        strides = (5, 3, 2, 1)[-meta.ndim :]
        length = 1 + sum((size - 1) * stride for size, stride in zip(meta.shape, strides, strict=True))
        drawn = torch.randn(length, generator=generator)
        if meta.ndim > 1:
            drawn *= (2.0 / meta[0].numel()) ** 0.5
        elif name.endswith(("bn.weight", "running_var")):
            drawn = 1 + 0.3 * drawn.tanh()
        else:
            drawn *= 0.1
        state[name] = drawn.as_strided(meta.shape, strides)
    return state


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="session")
def inception_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inception")
    torch.save(random_weights(inception_shapes(folder / "empty.pth")), folder / "weights.pth")
    return folder / "weights.pth"


@pytest.fixture(scope="session")
def vgg16_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vgg16") / "weights.pth"
    torch.save(random_weights(vgg16_shapes()), path, _use_new_zipfile_serialization=False)  # as the published one
    return path


@pytest.fixture(scope="session")
def inception(inception_file: Path) -> InceptionFeatures:
    return InceptionFeatures(weights=str(inception_file), sha256=sha256(inception_file))


@pytest.fixture
def images() -> Tensor:
    return torch.randint(0, 256, (3, 3, 20, 24), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def test_inception_is_that_of_torch_fidelity(
    inception: InceptionFeatures, inception_file: Path, images: Tensor
) -> None:
    names = ["2048", "logits_unbiased"]
    theirs = FeatureExtractorInceptionV3("inception-v3-compat", names, feature_extractor_weights_path=inception_file)
    inception.adapt(3, 20, 24)
    features, logits = inception.extract(images)
    expected_features, expected_logits = theirs(images)
    assert features.shape == (3, 2048) == (3, len(inception.mean))
    assert present(logits).shape == (3, 1008) == (3, inception.classes)
    assert features.std() > 1e-3
    torch.testing.assert_close(features, expected_features)
    torch.testing.assert_close(logits, expected_logits)
    assert present(logits).std() > 1
    assert inception.digest == sha256(inception_file)


@pytest.mark.slow
def test_vgg16_is_that_of_torch_fidelity(vgg16_file: Path, images: Tensor) -> None:
    state = torch.get_rng_state()
    ours = VGG16Features(weights=str(vgg16_file), sha256=sha256(vgg16_file)[:8])
    assert torch.equal(torch.get_rng_state(), state)
    assert ours.digest == sha256(vgg16_file)
    theirs = FeatureExtractorVGG16("vgg16", ["fc2_relu"], feature_extractor_weights_path=vgg16_file)
    ours.adapt(3, 20, 24)
    features, logits = ours.extract(images[:2])
    assert (features.shape, logits, ours.classes) == ((2, 4096), None, 0)
    assert features.min() == 0 < features.std()
    torch.testing.assert_close(features, theirs(images[:2])[0])


def test_its_classes_are_not_those_of_the_data(inception: InceptionFeatures, digits: Digits) -> None:
    assert not inception.classifies(digits)
    assert inception.tells_no_classes(digits) == (
        "inception-v3-compat tells classes of ImageNet apart, not those of these images"
    )


def test_features_are_raw(inception: InceptionFeatures) -> None:
    assert inception.has_head
    assert not inception.mean.any()
    assert inception.scale == 1


def test_grey_is_repeated(inception: InceptionFeatures, images: Tensor) -> None:
    grey = images[:, :1]
    inception.adapt(1, 20, 24)
    torch.testing.assert_close(inception(grey), inception(grey.repeat(1, 3, 1, 1)), rtol=0, atol=0)


def test_every_byte_survives(inception: InceptionFeatures) -> None:
    grey = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    assert torch.equal(inception._rgb(grey / 255.0), grey.repeat(1, 3, 1, 1))


def test_other_channels_are_refused(inception: InceptionFeatures) -> None:
    with pytest.raises(GanLabError, match="inception-v3-compat takes images of 1 or 3 channels, not 4"):
        inception.adapt(4, 20, 24)


def test_no_images_are_no_features(inception: InceptionFeatures, images: Tensor) -> None:
    assert inception(images[:0]).shape == (0, 2048)


def test_it_is_frozen_and_leaves_the_random_state_alone(inception_file: Path) -> None:
    before = torch.get_rng_state()
    extractor = InceptionFeatures(weights=str(inception_file), sha256=sha256(inception_file)).train()
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(module.training for module in extractor.modules())
    assert not any(parameter.requires_grad for parameter in extractor.parameters())
    assert {tensor.device for tensor in extractor.state_dict().values()} == {torch.device("cpu")}


def test_copies_see_the_same(inception: InceptionFeatures, images: Tensor) -> None:
    expected = inception(images[:1])
    for other in (copy.deepcopy(inception), pickle.loads(pickle.dumps(inception))):
        torch.testing.assert_close(other(images[:1]), expected, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("extractor", "file", "origin"),
    [
        (InceptionFeatures, "weights-inception-2015-12-05-6726825d.pth", "v0.2.0 of torch-fidelity"),
        (VGG16Features, "vgg16-397923af.pth", "torchvision"),
    ],
)
def test_missing_file_is_named_with_its_hash(
    extractor: type[InceptionFeatures] | type[VGG16Features], file: str, origin: str, tmp_path: Path
) -> None:
    pinned = file[-12:-4]
    fetch = rf"fetch {file} \(sha256 {pinned}\) from .*{origin}.* and set metric\.extractor\.weights to its path$"
    with pytest.raises(GanLabError, match="^metric.extractor.weights is not set: " + fetch):
        extractor(weights=None, sha256=pinned)
    with pytest.raises(GanLabError, match="nowhere, which is no file: " + fetch):
        extractor(weights=str(tmp_path / "nowhere"), sha256=pinned)


def test_another_file_is_refused_with_both_hashes(inception_file: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.pth"
    short.write_bytes(inception_file.read_bytes()[:-1])
    wanted = sha256(inception_file)
    with pytest.raises(GanLabError, match=rf"has sha256 {sha256(short)}, but weights-inception.* has {wanted}: fetch"):
        InceptionFeatures(weights=str(short), sha256=wanted)


@pytest.mark.parametrize("sha", ["", "6726825", "6726825D", "sha256:6726825d", "0" * 65])
def test_what_is_no_hash_is_refused(inception_file: Path, sha: str) -> None:
    with pytest.raises(GanLabError, match="must be 8 to 64 digits"):
        InceptionFeatures(weights=str(inception_file), sha256=sha)


class Harmful:
    """Its pickle would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return open, (str(self.path), "w")


def test_contents_of_another_kind_are_refused(inception_file: Path, tmp_path: Path) -> None:
    state = torch.load(inception_file)
    some, *others = state
    contents = {
        "nothing": {},
        "a list": [1, 2],
        "no tensors": dict.fromkeys(state, 1.0),
        "one is missing": {name: state[name] for name in others},
        "one too many": state | {"more": torch.zeros(1)},
        "another shape": state | {some: torch.zeros(1)},
        "code": Harmful(tmp_path / "harm"),
        "code in the weights": state | {some: Harmful(tmp_path / "harm")},
    }
    path = tmp_path / "weights.pth"
    for kind, content in contents.items():
        torch.save(content, path)
        with pytest.raises(GanLabError, match="but does not hold the weights of inception-v3-compat"):
            print(kind, InceptionFeatures(weights=str(path), sha256=sha256(path)))
    path.write_bytes(b"no torch file at all")
    with pytest.raises(GanLabError, match="but does not hold the weights of inception-v3-compat"):
        InceptionFeatures(weights=str(path), sha256=sha256(path))
    assert not (tmp_path / "harm").exists()
