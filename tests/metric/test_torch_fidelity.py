from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gan_lab.data.digits import Digits
from gan_lab.data.ring import Ring
from gan_lab.data.samples import Samples
from gan_lab.errors import GanLabError
from gan_lab.metric.base import Evaluator, Split
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.torch_fidelity import InMemory, TorchFidelityMeasure
from tests.metric.conftest import CPU, MakeMeasure

N = 300


def images(samples: Samples, n: int = N) -> Tensor:
    return samples.batch(torch.arange(n)).images


def make_fidelity(seed: int = 0, split: Split = "validation") -> TorchFidelityMeasure:
    extractor = RandomFeatures(name="random-v1", seed=seed)
    return TorchFidelityMeasure(extractor=extractor, split=split, k=3, batch_size=100)


def measured(measure: Evaluator, fakes: Tensor, final: bool = False) -> dict[str, float]:
    for part in fakes.split(77):
        measure.update(part)
    return measure.compute(final)


@pytest.fixture
def fidelity(digits: Digits) -> TorchFidelityMeasure:
    measure = make_fidelity()
    measure.prepare(digits, N, 0, CPU)
    return measure


@pytest.fixture
def own(make_measure: MakeMeasure, digits: Digits) -> FeatureMeasure:
    measure = make_measure()
    measure.prepare(digits, N, 0, CPU)
    return measure


@pytest.mark.parametrize("spoil", [lambda x: x, lambda x: 0.8 * x, lambda x: x.roll(2, 3)])
def test_the_library_agrees_with_our_own_arithmetic(
    fidelity: TorchFidelityMeasure, own: FeatureMeasure, digits: Digits, spoil: Callable[[Tensor], Tensor]
) -> None:
    fakes = spoil(images(digits.test))
    theirs, ours = measured(fidelity, fakes), measured(own, fakes)
    assert list(theirs) == ["fid", "precision_k3", "recall_k3"]
    assert theirs["fid"] == pytest.approx(ours["fid"], rel=1e-3)
    assert theirs["precision_k3"] == pytest.approx(ours["precision_k3"], abs=1e-6)
    assert theirs["recall_k3"] == pytest.approx(ours["recall_k3"], abs=1e-6)


def test_kid_is_final_and_agrees(fidelity: TorchFidelityMeasure, own: FeatureMeasure, digits: Digits) -> None:
    fakes = 0.8 * images(digits.test)
    theirs, ours = measured(fidelity, fakes, final=True), measured(own, fakes, final=True)
    assert theirs["kid"] == pytest.approx(ours["kid"], rel=1e-2)  # float32, and a mean over subsets


def test_floors_agree(fidelity: TorchFidelityMeasure, own: FeatureMeasure) -> None:
    theirs, ours = fidelity.floor(), own.floor()
    assert theirs.keys() <= ours.keys()
    assert theirs["fid"] == pytest.approx(ours["fid"], rel=1e-3)
    assert theirs["recall_k3"] == pytest.approx(ours["recall_k3"], abs=1e-6)


def test_roles_are_not_exchanged(fidelity: TorchFidelityMeasure, digits: Digits) -> None:
    one_digit = images(digits.validation)[:5].repeat(60, 1, 1, 1)
    values = measured(fidelity, one_digit)
    assert values["precision_k3"] == 1.0
    assert values["recall_k3"] < 0.05


def test_weights_are_not_mixed_up_by_name(digits: Digits) -> None:
    fakes = 0.8 * images(digits.test)
    values = []
    for seed in (0, 1, 0):  # the same name each time
        measure = make_fidelity(seed)
        measure.prepare(digits, N, 0, CPU)
        values.append(measured(measure, fakes)["fid"])
    assert values[0] == values[2]
    assert values[0] != pytest.approx(values[1], rel=1e-3)


def test_random_state_is_left_alone(fidelity: TorchFidelityMeasure, digits: Digits) -> None:
    before = torch.get_rng_state()
    measured(fidelity, images(digits.test), final=True)
    assert torch.equal(torch.get_rng_state(), before)


def test_points_are_refused(ring: Ring) -> None:
    with pytest.raises(GanLabError, match="metric=points"):
        make_fidelity().prepare(ring, N, 0, CPU)


def test_an_item_is_a_tensor() -> None:
    dataset = InMemory(torch.zeros(3, 1, 2, 2, dtype=torch.uint8))
    assert len(dataset) == 3
    assert torch.is_tensor(dataset[2])


def test_protocol(fidelity: TorchFidelityMeasure) -> None:
    protocol = fidelity.protocol()
    assert protocol["extractor_sha256"] == fidelity.extractor.digest
    assert (protocol["k"], protocol["torch_fidelity"], protocol["split"]) == (3, "0.4.0", "validation")
