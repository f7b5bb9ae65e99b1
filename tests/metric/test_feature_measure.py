import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.data.digits import Digits
from gan_lab.data.ring import Ring
from gan_lab.data.samples import Samples
from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.extractor.pixels import PixelFeatures
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.kernel import KernelDistance
from gan_lab.metric.prdc import prdc
from gan_lab.runs.cache import metadata
from tests.metric.conftest import CPU, MakeMeasure, counted

N = 300


def images(samples: Samples, start: int = 0, stop: int = N) -> Tensor:
    return samples.batch(torch.arange(start, stop)).images


def measured(measure: FeatureMeasure, fakes: Tensor, final: bool = False, share: int = 100) -> dict[str, float]:
    for part in fakes.split(share):
        measure.update(part)
    return measure.compute(final)


@pytest.fixture
def measure(make_measure: MakeMeasure, digits: Digits) -> FeatureMeasure:
    measure = make_measure()
    measure.prepare(digits, N, 0, CPU)
    return measure


def test_the_reference_itself_is_perfect(measure: FeatureMeasure, digits: Digits) -> None:
    values = measured(measure, images(digits.validation), final=True)
    assert values["fid"] < 1e-6 * 384
    assert values["precision_k3"] == values["recall_k3"] == 1.0
    assert list(values) == ["fid", "precision_k3", "recall_k3", "density_k5", "coverage_k5", "kid"]


def test_values_are_those_of_the_plain_functions(measure: FeatureMeasure, digits: Digits) -> None:
    fakes = images(digits.test) * 0.8
    real, fake = (measure.extract(to_uint8(some)).features for some in (images(digits.validation), fakes))
    values = measured(measure, fakes, final=True)
    for metric, key, tolerance in ((FrechetDistance(), "fid", 1e-5), (KernelDistance(), "kid", 1e-4)):
        metric.set_reference(Reference(Features(real)))
        assert values[key] == pytest.approx(metric.of(Features(fake))[key], rel=tolerance)
    near, dense = prdc(real, fake, (3, 5)).values()
    assert (values["precision_k3"], values["recall_k3"]) == pytest.approx((near.precision, near.recall), abs=0.011)
    assert (values["density_k5"], values["coverage_k5"]) == pytest.approx((dense.density, dense.coverage), abs=0.011)


def test_expensive_metrics_are_final_ones(measure: FeatureMeasure, digits: Digits) -> None:
    assert "kid" not in measured(measure, images(digits.test))
    assert "kid" in measured(measure, images(digits.test), final=True)


def test_compute_starts_anew(measure: FeatureMeasure, digits: Digits) -> None:
    first = measured(measure, images(digits.test))
    measured(measure, -images(digits.test))
    assert measured(measure, images(digits.test)) == first


def test_how_samples_are_shared_out_does_not_matter(measure: FeatureMeasure, digits: Digits) -> None:
    fakes = images(digits.test)
    whole, parts = measured(measure, fakes, share=N), measured(measure, fakes, share=7)
    assert parts == pytest.approx(whole, rel=1e-5)


def test_generated_images_are_rounded_as_the_real_ones_were(measure: FeatureMeasure, digits: Digits) -> None:
    fakes = images(digits.validation)
    noise = torch.rand(fakes.shape, generator=torch.Generator().manual_seed(0)) - 0.5
    almost = fakes + 0.98 * noise * 2 / 255  # less than half a level away
    assert measured(measure, almost) == measured(measure, fakes)
    beyond = torch.where(fakes == 1, fakes + 5, fakes)  # what leaves [-1, 1] is clipped, not wrapped
    assert measured(measure, beyond) == measured(measure, fakes)


def test_floor_is_that_of_training_images_and_disturbs_nothing(measure: FeatureMeasure, digits: Digits) -> None:
    train = measured(measure, images(digits.train), final=True)
    measure.update(images(digits.test)[:150])
    floor = measure.floor()
    measure.update(images(digits.test)[150:])
    assert floor == pytest.approx(train, rel=1e-5)
    assert measure.compute() == pytest.approx(measured(measure, images(digits.test)), rel=1e-6)
    assert 0 < floor["fid"] < measured(measure, images(digits.test) * 0.5)["fid"]


def test_the_time_of_a_final_measuring_is_kept_for_later_runs(make_measure: MakeMeasure, digits: Digits) -> None:
    first, second, smaller = make_measure(), make_measure(), make_measure()
    first.prepare(digits, N, 0, CPU)
    assert first.expected_seconds() is None
    measured(first, images(digits.test))
    assert first.expected_seconds() is not None
    assert first.expected_seconds(final=True) is None
    measured(first, images(digits.test), final=True)
    second.prepare(digits, N, 0, CPU)
    quick, whole = second.expected_seconds(), second.expected_seconds(final=True)
    assert quick is not None
    assert whole is not None
    assert 0 < quick < whole
    assert (first.expected_seconds(), first.expected_seconds(final=True)) == (quick, whole)
    smaller.prepare(digits, N - 100, 0, CPU)
    assert smaller.expected_seconds() is None


def test_what_is_dear_waits_until_it_is_needed(make_measure: MakeMeasure, digits: Digits) -> None:
    measure = make_measure()
    with counted(measure.extractor) as sizes:
        measure.prepare(digits, N, 0, CPU)
        assert measure.protocol()["features"] == 384
    assert sum(sizes) == 1
    assert not (Path(measure.cache.folder)).exists()
    measured(measure, images(digits.test))
    before = kinds(measure)
    assert before == {"head", "seen", "moments 1", "radii 1 (3, 5)"}
    measured(measure, images(digits.test), final=True)
    assert kinds(measure) - before == {"kernel 1", "kernel means 1", "near 1 5", "seconds"}
    measure.floor()
    assert sum(kind.startswith("floor of") for kind in kinds(measure)) == 3


def kinds(measure: FeatureMeasure) -> set[str]:
    """What lies in the cache."""
    files = measure.cache.folder.iterdir()
    return {json.loads(metadata(path.read_bytes())["key"])["kind"] for path in files}


def test_getting_ready_does_all_that_measuring_would_have_to(make_measure: MakeMeasure, digits: Digits) -> None:
    measure = make_measure()
    measure.prepare(digits, N, 0, CPU)
    measure.get_ready(final=True)
    ready = kinds(measure)
    measured(measure, images(digits.test), final=True)
    assert kinds(measure) == ready | {"seconds"}
    assert "kernel 1" in ready


def test_one_value_of_the_floor_needs_no_other_one(make_measure: MakeMeasure, digits: Digits) -> None:
    measure = make_measure()
    measure.prepare(digits, 50, 0, CPU)
    (warning,) = measure.warnings()
    assert {kind for kind in kinds(measure) if kind.startswith("floor of")} == {"floor of FrechetDistance 1 {}"}
    assert f"{measure.floor()['fid']:.3g}" in warning


def test_samples_that_are_not_finite_give_nan_and_a_warning_once(measure: FeatureMeasure, digits: Digits) -> None:
    fakes = images(digits.test)
    broken = fakes.clone()
    broken[3, 0, 5, 5] = math.nan
    broken[7] = math.inf
    with pytest.warns(UserWarning, match="2 of 300 generated samples are not finite") as warned:
        values = measured(measure, broken, final=True)
    assert len(warned) == 1
    assert list(values) == ["fid", "precision_k3", "recall_k3", "density_k5", "coverage_k5", "kid"]
    assert all(math.isnan(value) for value in values.values())
    assert measured(measure, fakes)["fid"] > 0


def test_fewer_than_two_samples_are_a_mistake(measure: FeatureMeasure, digits: Digits) -> None:
    with pytest.raises(ValueError, match="0 generated samples"):
        measure.compute()
    measure.update(images(digits.test)[:1])
    with pytest.raises(ValueError, match="1 generated samples"):
        measure.compute()


def test_other_shapes_than_the_datas_are_a_mistake(measure: FeatureMeasure) -> None:
    with pytest.raises(ValueError, match=r"\(1, 27, 28\), real ones \(1, 28, 28\)"):
        measure.update(torch.zeros(5, 1, 27, 28))


def test_reference_is_as_large_as_the_split_allows(make_measure: MakeMeasure, digits: Digits) -> None:
    measure = make_measure()
    measure.prepare(digits, 10_000, 0, CPU)
    assert measure.n == 400
    assert measure.protocol()["reference_n"] == 400


def test_split_is_the_one_asked_for(make_measure: MakeMeasure, digits: Digits) -> None:
    measure = make_measure(split="test")
    measure.prepare(digits, N, 0, CPU)
    assert measured(measure, images(digits.test))["fid"] < 1e-6 * 384
    assert measured(measure, images(digits.validation))["fid"] > 1e-3
    assert measure.protocol()["split"] == "test"


def test_training_state_is_left_alone(measure: FeatureMeasure, digits: Digits) -> None:
    fakes = images(digits.test)
    expected = measured(measure, fakes)
    random = torch.get_rng_state()
    weights = torch.nn.Parameter(torch.ones(()))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for part in fakes.split(100):
            measure.update(part * weights)
        assert measure.compute() == pytest.approx(expected, rel=1e-12)
        assert measure.floor()["fid"] > 0
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()


def test_extractor_cannot_be_trained(measure: FeatureMeasure) -> None:
    measure.extractor.train()
    assert not any(module.training for module in measure.extractor.modules())
    assert not any(parameter.requires_grad for parameter in measure.extractor.parameters())
    assert not isinstance(measure, torch.nn.Module)


def test_real_features_are_computed_once(make_measure: MakeMeasure, digits: Digits) -> None:
    first = make_measure()
    with counted(first.extractor) as sizes:
        first.prepare(digits, N, 0, CPU)
        first.floor()
    assert sum(sizes) == 1 + 997 + N + N  # for the number of features, the affine head, the reference, the floor
    second = make_measure()
    with counted(second.extractor) as sizes:
        second.prepare(digits, N, 0, CPU)
        assert second.floor() == first.floor()
    assert sizes == [1]
    fakes = images(digits.test)
    assert measured(second, fakes, final=True) == measured(first, fakes, final=True)


@pytest.mark.parametrize("change", ["seed", "n", "split", "data"])
def test_whatever_features_depend_on_is_in_the_key(make_measure: MakeMeasure, digits: Digits, change: str) -> None:
    first = make_measure()
    first.prepare(digits, N, 0, CPU)
    first.get_ready()
    extractor = RandomFeatures(name="random-v1", seed=1 if change == "seed" else 0)
    measure = make_measure(extractor, split="test" if change == "split" else "validation")
    data = digits
    if change == "data":
        data = type(digits)(shape=(1, 28, 28), num_classes=10, batch_size=64, seed=0, split_seed=1)
        data.setup()
    with counted(extractor) as sizes:
        measure.prepare(data, N - 1 if change == "n" else N, 0, CPU)
        measure.get_ready()
    assert sum(sizes) >= N - 1


def test_a_spoilt_cache_file_is_not_trusted(make_measure: MakeMeasure, digits: Digits, tmp_path: Path) -> None:
    first = make_measure()
    first.prepare(digits, N, 0, CPU)
    first.get_ready()
    for path in (tmp_path / "cache").iterdir():
        content = bytearray(path.read_bytes())
        content[-2] ^= 0x40
        path.write_bytes(content)
    measure = make_measure()
    with counted(measure.extractor) as sizes:
        measure.prepare(digits, N, 0, CPU)
        measure.get_ready()
    assert sum(sizes) == 1 + 997 + N
    assert measured(measure, images(digits.validation))["fid"] < 1e-6 * 384


def test_points_are_refused(make_measure: MakeMeasure, ring: Ring) -> None:
    with pytest.raises(GanLabError, match="metric=points"):
        make_measure().prepare(ring, N, 0, CPU)


def test_one_sample_is_no_reference(make_measure: MakeMeasure, digits: Digits) -> None:
    with pytest.raises(GanLabError, match="2 samples or more"):
        make_measure().prepare(digits, 1, 0, CPU)


def colour(digits: Digits) -> Digits:
    """The same digits, red on blue, larger."""
    data = type(digits)(shape=(1, 28, 28), num_classes=10, batch_size=64, seed=0, split_seed=0)

    def coloured(samples: Samples) -> Samples:
        large = torch.nn.functional.pad(samples.values, (0, 4, 0, 2))
        return Samples(torch.cat([large, 0 * large, 255 - large], 1), samples.labels)

    data.train, data.validation, data.test = map(coloured, (digits.train, digits.validation, digits.test))
    return data


@pytest.mark.slow
@pytest.mark.parametrize("extractor", [RandomFeatures(name="random-v1", seed=0), PixelFeatures()])
def test_colour_images_of_any_size(make_measure: MakeMeasure, digits: Digits, extractor: Extractor) -> None:
    data = colour(digits)
    measure = make_measure(extractor)
    measure.prepare(data, N, 0, CPU)
    assert measured(measure, images(data.validation))["fid"] < 1e-6 * len(extractor.mean)
    channels_exchanged = images(data.validation).flip(1)
    assert measured(measure, channels_exchanged)["fid"] > 100 * measure.floor()["fid"]


def test_affine_head_gives_unit_variance(measure: FeatureMeasure, digits: Digits) -> None:
    features = measure.extract(digits.train.values).features
    assert features.var(0).mean().item() == pytest.approx(1.0, rel=1e-4)
    assert features.mean(0).abs().max() < 1e-4


def test_configs_that_contradict_themselves_are_refused(tmp_path: Path) -> None:
    def make(**changes: Any) -> FeatureMeasure:
        options = {"while_training": ["frechet"], "monitor": "fid"} | changes
        return FeatureMeasure(
            extractor=PixelFeatures(),
            metrics={"frechet": FrechetDistance()},
            split="validation",
            batch_size=10,
            cache_dir=str(tmp_path),
            **options,
        )

    assert make().monitor == "fid"
    with pytest.raises(GanLabError, match="kernel"):
        make(while_training=["kernel"])
    with pytest.raises(GanLabError, match="monitor=kid"):
        make(monitor="kid")
    with pytest.raises(GanLabError, match="monitor=fid"):
        make(while_training=[])


def test_protocol_says_what_the_numbers_depend_on(measure: FeatureMeasure) -> None:
    protocol = measure.protocol()
    assert protocol["extractor"] == "random-v1"
    assert protocol["extractor_sha256"] == measure.extractor.digest
    assert (protocol["split"], protocol["reference_n"], protocol["floor_n"]) == ("validation", N, N)
    assert (protocol["features"], protocol["k"]) == (384, 3)
