"""The pictures of an evaluation: which there are, of what."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.evaluate.pictures import image_figures, save_pictures, shares
from gan_lab.evaluate.subjects import FromFiles, FromModel
from gan_lab.metric.features import Features
from gan_lab.metric.points import PointMeasure
from gan_lab.trained_model import TrainedModel
from gan_lab.types import Latent, SampleResult
from tests.fixtures import BuildModel
from tests.sampler.known import Affine, Told, module, narrower, plain, small_ring


def test_shares_sum_to_one() -> None:
    assert shares(torch.tensor([0, 2, 2, 0, 2]), 4).tolist() == [0.4, 0, 0.6, 0]


def features(n: int, logits: bool, label: bool) -> Features:
    random = torch.Generator().manual_seed(n)
    found: dict[str, Any] = {"features": torch.randn(n, 3, generator=random)}
    if logits:
        found["logits"] = torch.eye(4)[torch.arange(n) % 2]
    if label:
        found["label"] = torch.arange(n) % 3
    return Features(**found)


@pytest.mark.parametrize(
    ("fake", "real", "names"),
    [
        ((5, True, True), (5, True, False), ["classes", "confusion", "embedding"]),
        ((5, True, False), (5, True, False), ["classes", "embedding"]),
        ((5, False, True), (5, False, False), ["embedding"]),
        ((5, True, True), (5, False, False), ["embedding"]),
        ((2, True, False), (1, True, False), ["classes"]),
        ((2, True, False), (2, True, False), ["classes", "embedding"]),
    ],
)
def test_what_is_known_decides_what_is_drawn(fake: Any, real: Any, names: list[str]) -> None:
    assert [*image_figures(features(*fake), features(*real), "component")] == names


def test_the_figures_have_the_samples_classes_and_components() -> None:
    figures = image_figures(features(6, True, True), features(7, True, False), "component")
    bars = {part.get_label(): [bar.get_height() for bar in part] for part in figures["classes"].axes[0].containers}
    assert bars["generated"] == pytest.approx([1 / 2, 1 / 2, 0, 0])
    assert bars["real images"] == pytest.approx([4 / 7, 3 / 7, 0, 0])
    counts = {text.get_text() for text in figures["confusion"].axes[0].texts}
    assert counts == {"1"}
    real, *groups = figures["embedding"].axes[0].collections
    assert (len(np.asarray(real.get_offsets())), [len(np.asarray(g.get_offsets())) for g in groups]) == (7, [2, 2, 2])
    unlabelled = image_figures(features(6, True, False), features(7, True, False), "component")["embedding"]
    assert [text.get_text() for text in unlabelled.legends[0].get_texts()] == ["real", "class 0", "class 1"]


def test_points_are_drawn_over_the_split_that_is_measured(tmp_path: Path) -> None:
    data = small_ring()
    measure = PointMeasure(split="validation", emd_points=50, high_quality_threshold=4.0)
    measure.prepare(data, 100, 0, torch.device("cpu"))
    x = torch.zeros(10, 2)
    drawn = SampleResult(x, Latent(x), {"seconds": 0.0})
    save_pictures(tmp_path / "deep" / "run", measure, data, drawn, "component")
    assert [path.name for path in (tmp_path / "deep" / "run").iterdir()] == ["samples.png"]
    assert Image.open(tmp_path / "deep" / "run" / "samples.png").size == (500, 500)


def test_up_to_a_hundred_images_are_shown(tmp_path: Path) -> None:
    data = small_ring()
    measure = PointMeasure(split="validation", emd_points=50, high_quality_threshold=4.0)
    for n, rows in ((25, 3), (100, 10), (101, 10)):
        x = torch.zeros(n, 1, 4, 4)
        save_pictures(tmp_path, measure, data, SampleResult(x, Latent(torch.zeros(n, 1)), {}), "class")
        assert Image.open(tmp_path / "samples.png").size == (2 * (10 * 5 + 1), 2 * (rows * 5 + 1))


def test_image_files_are_a_subject_whose_samples_are_the_files(tmp_path: Path, digits: Digits) -> None:
    images = digits.test.values[:6]
    np.save(tmp_path / "images.npy", images[:, 0].numpy())
    subject = FromFiles(str(tmp_path / "images.npy"), digits, 5, 3, False)
    assert subject.available == 5
    assert subject.row_name == "class asked for"
    everything, two = subject.draw(5, 0), subject.draw(2, 1)
    assert torch.equal(everything.x[:2], two.x)
    assert (everything.x.min(), everything.x.max()) == (-1, 1)
    assert (everything.latent.z.shape, everything.stats) == ((5, 0), {"seconds": 0.0})
    assert subject.stated()["chosen"] == "5 at random (seed 3)"
    subject.save_pictures(tmp_path, everything)
    assert [path.name for path in tmp_path.iterdir()] == ["images.npy"]
    with pytest.raises(GanLabError, match=r"images= needs data of images, not of shape \[2\]"):
        FromFiles(str(tmp_path / "images.npy"), small_ring(), 5, 3, False)


def test_a_model_is_a_subject_whose_samples_depend_on_the_seed_and_whose_moves_are_shown(tmp_path: Path) -> None:
    trained = TrainedModel(module(Affine(2), Told(2, narrower)), {}, {"variant": "gan"}, tmp_path / "last.ckpt")
    subject = FromModel(trained, plain(), small_ring(), split="test")
    assert (subject.row_name, subject.available) == ("class asked for", None)
    assert subject.stated() == {"variant": "gan", "sampler": "direct", **subject.sampler.stated(), "ema": True}
    drawn = subject.draw(5, 3)
    assert torch.equal(drawn.x, subject.draw(5, 3).x)
    assert not torch.equal(drawn.x, subject.draw(5, 4).x)
    subject.save_pictures(tmp_path, drawn)
    assert not [*tmp_path.iterdir()], "this sampler moves nothing"
    moved = SampleResult(drawn.x, drawn.latent, {}, path=(Latent(torch.zeros(3, 2)), Latent(torch.ones(3, 2))))
    subject.save_pictures(tmp_path, moved)
    assert Image.open(tmp_path / "figures" / "chains.png").width > 100


def test_the_label_of_a_mixtures_sample_is_its_component(build_model: BuildModel, tmp_path: Path) -> None:
    model = build_model("model=gmgan_static", "data=ring")
    trained = TrainedModel(model, {}, {}, tmp_path / "last.ckpt")
    assert FromModel(trained, plain(), small_ring(), split="test").row_name == "component"


def test_calibrated_again_a_subject_prepares_for_each_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[int | None] = []
    prepare = TrainedModel.prepare

    def noted(self: TrainedModel, sampler: Any, data: Any, seed: int | None = None) -> None:
        prepared.append(seed)
        prepare(self, sampler, data, seed)

    monkeypatch.setattr(TrainedModel, "prepare", noted)
    trained = TrainedModel(module(Affine(2), Told(2, narrower)), {}, {"variant": "gan"}, tmp_path / "last.ckpt")
    again = FromModel(trained, plain(), small_ring(), split="test", recalibrate=True)
    for seed in (4, 5):
        again.draw(3, seed)
    once = FromModel(trained, plain(), small_ring(), split="test")
    for seed in (4, 5):
        once.draw(3, seed)
    assert prepared == [4, 5, None]
    assert (again.stated().get("recalibrate"), once.stated().get("recalibrate")) == (True, None)
