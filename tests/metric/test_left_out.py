"""What is left out of an evaluation, because there are too few images or the extractor was made for others."""

from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.compare.purpose import with_purpose
from gan_lab.data.base import DataModule
from gan_lab.data.digits import Digits
from gan_lab.data.patches import Patches
from gan_lab.data.samples import Samples
from gan_lab.data.stacked_mnist import StackedMNIST
from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.inception import InceptionFeatures
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.network.mlp import MLPGenerator
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.normal import Normal
from tests.fixtures import Compose
from tests.metric.conftest import CPU

CLASSES = {"inception_score", "class_kl", "classes_covered", "class_diversity", "cluster_accuracy"}

LAYERS: Any = {"hidden": [8], "norm": "none", "activation": "relu", "output": "tanh"}


class Clothes(DataModule):
    """Digits that are said to be clothes."""

    content = "clothes"

    def load(self) -> tuple[Samples, Samples, Samples]:
        raise NotImplementedError


class Overlapping(Clothes):
    """Digits that are said to overlap."""

    dependence = "many images overlap, so they are not independent"


def few(digits: Digits, n: int, kind: type[DataModule] = Digits) -> DataModule:
    """The first n images of each part."""
    data = kind(shape=(1, 28, 28), num_classes=10, batch_size=4, seed=0, split_seed=0)
    data.train, data.validation, data.test = (
        part.subset(slice(n)) for part in (digits.train, digits.validation, digits.test)
    )
    return data


def measured(measure: FeatureMeasure, data: DataModule) -> dict[str, float]:
    batch = data.test.batch(torch.arange(measure.n))
    measure.update(batch.images, batch.labels)
    return measure.compute(final=True)


@pytest.fixture
def made(composed: Compose, tmp_path: Path) -> Any:
    def make(*overrides: str) -> FeatureMeasure:
        return build(composed(*overrides, f"metric.cache_dir={tmp_path}/cache")["metric"], "metric")

    return make


@pytest.mark.parametrize("n", [2, 3, 5, 6, 9, 10, 29, 30, 119, 120])
@pytest.mark.parametrize("name", ["mnistcnn", "random"])
def test_a_measure_is_computed_or_left_out_with_its_reason(made: Any, digits: Digits, name: str, n: int) -> None:
    measure = made(f"metric={name}")
    data = few(digits, n)
    measure.prepare(data, 10_000, 0, CPU)
    values = measured(measure, data)
    named = {key for metric in measure.metrics.values() for key in metric.keys}
    assert values.keys() == measure.floor().keys() == named - measure.left_out.keys()
    assert "fid" in values
    assert all(value == value for value in values.values()), "no measure is NaN for lack of images"
    assert ("precision_k3" in values) == (n >= 6)
    assert ("data_copying" in values) == (n >= 120)
    assert ("fid_infinity" in values) == (n >= 30)
    if name == "mnistcnn":
        assert ("inception_score" in values) == (n >= 10)
    for key in measure.left_out:
        assert sum(key in note for note in measure.notes) >= 1


def test_the_reason_has_both_numbers(made: Any, digits: Digits) -> None:
    measure = made("metric=random")
    measure.plan(few(digits, 5), 10_000)
    assert measure.notes == [
        "precision_k3, recall_k3, density_k5 and coverage_k5 are left out: "
        "at least 6 samples are needed, and there are 5",
        "fid_infinity is left out: at least 30 samples are needed, and there are 5",
        "data_copying is left out: at least 120 samples are needed, and there are 5",
    ]


def test_training_images_count_too_because_the_floor_is_measured_on_them(made: Any, digits: Digits) -> None:
    data = few(digits, 50)
    data.train = data.train.subset(slice(5))
    measure = made("metric=random")
    measure.prepare(data, 10_000, 0, CPU)
    assert "precision_k3" in measure.left_out
    assert measured(measure, data).keys() == measure.floor().keys()


def test_what_chooses_the_checkpoint_must_be_there(made: Any, digits: Digits) -> None:
    measure = made("metric=random", "metric.monitor=precision_k3")
    with pytest.raises(GanLabError, match=r"metric\.monitor=precision_k3 .*: at least 6 samples .* there are 5"):
        measure.plan(few(digits, 5), 10_000)
    measure.plan(few(digits, 6), 10_000)


def test_few_images_are_warned_of_with_their_floor(made: Any, digits: Digits) -> None:
    measure = made("metric=random")
    for n, words in ((6, "every measure of 6 samples is mostly noise"), (200, "FID of 200 images is too high")):
        measure.prepare(few(digits, n), 10_000, 0, CPU)
        (warning,) = measure.warnings()
        assert words in warning
        assert f"{measure.floor()['fid']:.3g}" in warning
    measure.prepare(digits, 10_000, 0, CPU)
    assert measure.warnings() == []


def test_classes_of_other_images_are_left_out(made: Any, digits: Digits) -> None:
    measure, data = made("metric=mnistcnn"), few(digits, 120, Clothes)
    measure.prepare(data, 10_000, 0, CPU)
    values = measured(measure, data)
    assert not CLASSES & values.keys()
    assert {"fid", "precision_k3", "kid"} <= values.keys()
    assert "mnistcnn-v2 tells classes of handwritten digits apart, not those of these images" in measure.notes[0]
    assert measure.protocol()["extractor_made_for"] == "handwritten digits, not these images"
    assert measure.described == "features of mnistcnn-v2, made for handwritten digits and not for these images"


def test_what_an_extractor_was_made_for_is_said(made: Any, digits: Digits) -> None:
    measure = made("metric=mnistcnn")
    measure.prepare(digits, 120, 0, CPU)
    assert measured(measure, digits).keys() >= CLASSES
    assert measure.left_out == {}
    assert measure.protocol()["extractor_made_for"] == "handwritten digits"
    assert measure.described == "features of mnistcnn-v2, made for handwritten digits"
    measure = made("metric=random")
    measure.prepare(digits, 100, 0, CPU)
    assert measure.protocol()["extractor_made_for"] == "no images in particular"
    for extractor, dataset in (("mnistcnn-v1", "digits"), ("random-v1", "digits"), ("mnistcnn-v1", "fashion_mnist")):
        # Older records, which are read without torch, are said to have been measured by the same words.
        measure = made({"mnistcnn-v1": "metric=mnistcnn_v1", "random-v1": "metric=random"}[extractor])
        measure.prepare(few(digits, 6, Digits if dataset == "digits" else Clothes), 6, 0, CPU)
        now = measure.protocol() | {"dataset": dataset}
        before = {key: value for key, value in now.items() if key != "extractor_made_for"}
        assert with_purpose(before) == now
    measure = made("metric=random")
    measure.prepare(digits, 100, 0, CPU)
    assert measure.described.endswith("an untrained network (random-v1): no extractor was made for these images")


def test_codes_are_sought_where_there_is_a_generator_and_labels_of_images(made: Any, digits: Digits) -> None:
    own = "metric.metrics.reconstruction"
    quick = (f"{own}.images=20", f"{own}.descent.steps=2", f"{own}.descent.candidates=20")
    measure = made("metric=pixels", "measure=[reconstruction]", *quick)
    data, keys = few(digits, 60), {"reconstruction", "reconstruction_worst", "reconstruction_own"}
    measure.prepare(data, 60, 0, CPU)
    reason = "image files have no generator whose codes could be sought"
    assert measure.left_out == measure.left_out | dict.fromkeys(keys, reason)
    assert not keys & measured(measure, data).keys()
    measure.set_networks((MLPGenerator(latent_dim=4, shape=(1, 28, 28), **LAYERS), Normal(dim=4)))
    measure.prepare(data, 60, 0, CPU)
    assert keys <= measured(measure, data).keys()
    assert keys <= measure.floor().keys()
    labels = measure.reference.label
    assert labels is not None
    assert measure.by_class["reconstruction"]["class"] == labels[:20].unique().tolist()
    assert {"reconstruction", "reconstruction_own"} <= measure.intervals.keys()
    data.num_classes = 0
    measure.prepare(data, 60, 0, CPU)
    assert keys <= measure.left_out.keys()


def test_what_takes_samples_as_independent_is_left_out_where_they_are_not(made: Any, digits: Digits) -> None:
    measure = made("metric=random", "measure=[c2st,mmd]", "metric.metrics.mmd.permutations=9")
    measure.plan(few(digits, 120), 120)
    assert measure.notes == []
    data = few(digits, 120, Overlapping)
    measure.plan(data, 120)
    assert measure.notes == [f"c2st_p, c2st_low, c2st_high, mmd_p and 95 % interval are left out: {data.dependence}"]
    measure = made("metric=random", "measure=[mmd]", "metric.metrics.mmd.permutations=9")
    measure.prepare(data, 120, 0, CPU)
    values = measured(measure, data)
    assert measure.intervals == {}
    assert {"fid", "kid", "precision_k3", "mmd2"} <= values.keys() == measure.floor().keys()
    assert "mmd_p" not in values


def test_data_say_that_their_images_are_not_independent() -> None:
    assert [data.dependence for data in (Digits, Patches, StackedMNIST)] == [
        *("", "many images overlap, so they are not independent"),
        "many images share a digit, so they are not independent",
    ]


def test_classes_of_photographs_give_the_inception_score_of_other_images_and_nothing_else(
    made: Any, digits: Digits
) -> None:
    """The classifier of digits in the part of Inception: its classes are not those of the data, and defined for all."""
    measure, data = made("metric=mnistcnn", "measure=[class_distances,clusters]"), few(digits, 120, Clothes)
    measure.extractor.scores_any_images = InceptionFeatures.scores_any_images
    measure.prepare(data, 120, 0, CPU)
    scores = {"inception_score", "inception_score_10"}
    values = measured(measure, data)
    assert scores | {"fid"} <= values.keys()
    own = {key for metric in measure.metrics.values() if metric.needs_classes for key in metric.keys}
    assert own - values.keys() == own - scores
    assert {"class_fid_mean", "class_kl", "class_diversity", "cluster_accuracy", "cluster_ari"} <= own
    why = "mnistcnn-v2 tells classes of handwritten digits apart, not those of these images"
    assert {measure.left_out[key] for key in own - scores} == {why}


@pytest.mark.parametrize(
    ("line", "extractor"),
    [
        (["data=digits"], "mnistcnn-v2"),
        (["data=mnist"], "mnistcnn-v2"),
        (["data=fashion_mnist"], "fashioncnn-v1"),
        (["data=kmnist"], "random-v1"),
        (["data=folder"], "random-v1"),
        (["data=patches"], "random-v1"),
        (["data=cifar10"], "random-v1"),
        (["data=svhn"], "random-v1"),
        (["data=celeba"], "random-v1"),
        (["metric=mnistcnn", "data=fashion_mnist"], "mnistcnn-v2"),
        (["data=kmnist", "metric=pixels"], None),
    ],
)
@pytest.mark.parametrize("root", ["config", "evaluate", "sensitivity"])
def test_data_name_their_extractor_and_the_command_line_wins(
    composed: Compose, root: str, line: list[str], extractor: str | None
) -> None:
    assert composed(*line, root=root)["metric"]["extractor"].get("name") == extractor


def test_data_of_other_kinds_name_their_measure_too(composed: Compose) -> None:
    assert composed("data=stacked_mnist")["metric"]["extractor"]["digit"]["name"] == "mnistcnn-v2"
    assert composed("data=ring")["metric"]["_target_"].endswith("PointMeasure")


def test_a_score_of_labelled_images_needs_a_generator_that_was_trained_with_their_classes(
    made: Any, digits: Digits
) -> None:
    measure, data = made("measure=[cas]"), few(digits, 120)
    measure.prepare(data, 10_000, 0, CPU)
    assert measure.left_out == {"cas": "the generator was not trained with the classes of these images"}
    assert "cas" not in measured(measure, data) | measure.floor()
    measure = made("measure=[cas]")
    measure.set_label_classes(10)
    measure.prepare(data, 10_000, 0, CPU)
    assert measure.left_out == {}
    assert measured(measure, data)["cas"] > 0.5
    assert measure.floor()["cas"] > 0.5
    data = few(digits, 120)
    data.num_classes = 0
    measure.prepare(data, 10_000, 0, CPU)
    assert measure.left_out == {"cas": "real images with class labels are needed"}


@pytest.mark.parametrize("components", [None, 1, 3])
def test_clusters_of_samples_without_components_are_left_out_in_one_sentence(
    made: Any, digits: Digits, components: int | None
) -> None:
    measure = made("measure=[clusters]")
    mixture: Any = {"spread": 1.0, "std": 1.0, "trainable": False, "means_seed": 1}
    prior = Normal(dim=4) if components is None else GaussianMixture(dim=4, components=components, **mixture)
    measure.set_networks((MLPGenerator(latent_dim=4, shape=(1, 28, 28), **LAYERS), prior))
    measure.plan(few(digits, 120), 120)
    why = "the samples have no components, since they were drawn from no mixture and for no classes"
    keys = "cluster_ari, cluster_homogeneity and cluster_completeness"
    assert measure.notes == ([f"{keys} are left out: {why}"] if components is None else [])
