"""The reconstruction error by class, of a linear generator, against least squares."""

from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.images import from_uint8, to_uint8
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import TooAlikeError
from gan_lab.metric.reconstruction import Reconstruction
from gan_lab.network.base import Generator
from gan_lab.prior.code_search import CodeSearch
from gan_lab.prior.normal import Normal

D, SHAPE, N = 2, (1, 3, 4), 12
LABEL = torch.arange(N + 3) % 3


class Linear(Generator):
    def __init__(self) -> None:
        super().__init__(latent_dim=D, shape=SHAPE)
        drawn = 0.2 * torch.randn(D, 12, generator=torch.Generator().manual_seed(0))
        self.matrix = torch.nn.Parameter(drawn)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        return (z @ self.matrix).view(-1, *SHAPE)


def some(seed: int, n: int, label: Tensor | None = None) -> Features:
    drawn = torch.rand(n, *SHAPE, generator=torch.Generator().manual_seed(seed))
    return Features(torch.zeros(n, 1), images=to_uint8(2 * drawn - 1), label=label)


def own(generator: Linear) -> Features:
    z = torch.randn(30, D, generator=torch.Generator().manual_seed(7))
    return Features(torch.zeros(30, 1), images=to_uint8(generator(z)))


@pytest.fixture
def generator() -> Linear:
    return Linear()


@pytest.fixture
def metric(generator: Linear) -> Reconstruction:
    descent = CodeSearch(candidates=20, starts=2, steps=200, learning_rate=0.1, weight=0.0, batch_size=50)
    made = Reconstruction(images=N, descent=descent)
    made.networks = (generator, Normal(dim=D))
    made.set_reference(Reference(some(1, N + 3, LABEL)))
    return made


def images_of(features: Features) -> Tensor:
    assert features.images is not None
    return from_uint8(features.images)


def means_by_class(error: Tensor) -> list[float]:
    return [error[LABEL[: len(error)] == c].mean().item() for c in range(3)]


def test_errors_are_those_of_least_squares_by_class(metric: Reconstruction, generator: Linear) -> None:
    wanted = images_of(some(1, N + 3))[:N].flatten(1)
    basis = generator.matrix.detach().T
    best = basis @ torch.linalg.lstsq(basis, wanted.T).solution
    error = (best.T - wanted).square().mean(1)
    metric.update(own(generator))
    found = metric.compute()
    assert found["reconstruction"] == pytest.approx(error.mean().item(), rel=1e-3)
    assert found["reconstruction_worst"] == pytest.approx(max(means_by_class(error)), rel=1e-3)
    assert found["reconstruction_own"] < 1e-4, "what is left is the rounding to grey levels"
    assert metric.by_class is not None
    assert metric.compared == [0, 1, 2]
    assert metric.by_class["reconstruction"].tolist() == pytest.approx(means_by_class(error), rel=1e-3)
    deviation = metric.deviations(own(generator), Reference(some(1, N)))["reconstruction"]
    assert deviation == pytest.approx(error.std().item() / N**0.5, rel=1e-3)
    with torch.inference_mode():
        assert metric.compute() == found


def test_the_floor_is_the_nearest_training_image(metric: Reconstruction) -> None:
    train = some(2, 25)
    nearest = torch.cdist(images_of(some(1, N + 3))[:N].flatten(1), images_of(train).flatten(1)).min(1).values
    error = nearest.square() / 12
    found = metric.floor(train)
    assert found["reconstruction"] == pytest.approx(error.mean().item(), rel=1e-4)
    assert found["reconstruction_worst"] == pytest.approx(max(means_by_class(error)), rel=1e-4)
    assert found["reconstruction_own"] == 0
    assert metric.by_class is None, "that of the generator, which was not measured yet"


def test_the_protocol_has_every_setting_but_the_batch_size(metric: Reconstruction) -> None:
    stated: dict[str, Any] = metric.protocol()
    assert stated["reconstruction_images"] == N
    assert stated["reconstruction_starts"] == 2
    assert stated["reconstruction_steps"] == 200
    assert "reconstruction_batch_size" not in stated


def test_real_images_need_labels() -> None:
    descent = CodeSearch(candidates=2, starts=1, steps=1, learning_rate=0.1, weight=0.0, batch_size=5)
    with pytest.raises(TooAlikeError, match="labels are needed"):
        Reconstruction(images=N, descent=descent).set_reference(Reference(some(1, N)))
