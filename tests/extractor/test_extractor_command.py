import copy
import hashlib
import json
import shlex
import struct
from pathlib import Path
from typing import Any, Protocol

import pytest
import torch
from PIL import Image

from gan_lab.build import build
from gan_lab.data.base import DataModule, Samples
from gan_lab.data.digits import Digits
from gan_lab.data.loading import load_data
from gan_lab.errors import GanLabError
from gan_lab.extractor.__main__ import main
from gan_lab.extractor.acceptance import not_tested, shortfalls
from gan_lab.extractor.recipe import epochs_for
from gan_lab.extractor.run import (
    accuracy,
    options,
    overrides,
    to_be_tested,
    train_extractor,
    untested,
    warning,
    weights_path,
)
from gan_lab.metric.extractor.trained import TrainedFeatures
from gan_lab.metric.extractor.trained_files import SHIPPED
from tests.commands import as_program
from tests.fixtures import Compose

REFERENCE = Path(__file__).parents[2] / "outputs" / "reference"


class MeasuredWith(Protocol):
    def __call__(self, line: str, data_config: dict[str, Any]) -> tuple[dict[str, float], dict[str, Any]]: ...


@pytest.fixture
def compose_extractor(composed: Compose, tmp_path: Path) -> Compose:
    """The config of a short training whose files go to a temporary folder."""

    def compose(*more: str, root: str = "extractor") -> dict[str, Any]:
        options = ["name=digits-v1", f"folder={tmp_path}/weights", "epochs=2", "threads=1"]
        return composed("data=digits", *options, *more, root=root)

    return compose


@pytest.fixture
def measured_with(composed: Compose, tmp_path: Path) -> MeasuredWith:
    """measured_with(line, data): a run's measures of data's own test images, the line given to the run."""

    def measure(line: str, data_config: dict[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
        data = build(data_config, "data")
        data.setup()
        config = composed(*shlex.split(line), f"metric.cache_dir={tmp_path}/cache")["metric"]
        measure = build(config, "metric")
        measure.prepare(data, 100, 0, torch.device("cpu"))
        measure.update(data.test.batch(torch.arange(min(100, len(data.test)))).images)
        return measure.compute(), measure.protocol()

    return measure


COMMAND = ["data=digits", "name=digits-v1", "epochs=2", "threads=1", "folder=my weights"]


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What the command line prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["gan_lab.extractor", *COMMAND])
    main()
    return capsys.readouterr()


@pytest.mark.slow
def test_command_line_ends_with_what_measures_with_the_extractor(
    printed: tuple[str, str], composed: Compose, measured_with: MeasuredWith, tmp_path: Path
) -> None:
    report = json.loads((tmp_path / "my weights" / "digits-v1.json").read_text())
    assert report["command"] == "python -m gan_lab.extractor " + shlex.join(COMMAND)
    assert report["images"] == {"train": 997, "validation": 400, "test": 400}
    assert report["epochs"] == 2
    assert report["accuracy"]["test"] > 0.3  # two epochs of 4 steps each; chance is 0.1
    assert report["ladder"]["real"]["fid"] < report["ladder"]["noise_0.4"]["fid"]
    accuracy = f"accuracy on test images: {report['accuracy']['test']:.4f}; use digits-v1 as metric with:"
    out, err = printed
    *_, said, line = out.splitlines()
    assert said == accuracy
    assert "gan_lab: warning: extractor digits-v1 fails its tests on 133 images of each kind: " in err
    assert sorted(path.name for path in (tmp_path / "my weights").iterdir()) == [
        "digits-v1.json",
        "digits-v1.safetensors",
    ]

    values, protocol = measured_with(line, composed("data=digits")["data"])
    assert (protocol["extractor"], protocol["extractor_sha256"]) == ("digits-v1", report["sha256"])
    assert 0 < values["fid"] < report["ladder"]["noise_0.4"]["fid"]


def test_a_short_training_from_its_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["data.validation_fraction=0.3", "name=squares-v1", "epochs=1", "threads=1", "batch_size=64"]
    command = ["gan_lab.extractor", *colourful(tmp_path / "images"), *options]
    monkeypatch.setattr("sys.argv", command)
    main()
    report = json.loads((tmp_path / "outputs" / "extractors" / "squares-v1.json").read_text())
    assert report["command"] == shlex.join(["python", "-m", *command])
    assert (report["epochs"], report["batch_size"], report["lr"], report["seed"]) == (1, 64, 0.002, 0)
    assert report["images"] == {"train": 90, "validation": 45, "test": 15}
    assert report["split_seed"] == 0
    assert {*report["accuracy"]} == {"train", "validation", "test"}
    out, err = capsys.readouterr()
    assert f"accuracy on test images: {report['accuracy']['test']:.4f}; use squares-v1 as metric with:" in out
    assert "not tested, since 15 images of each kind are fewer than 3,000: " in out
    assert len(report["not_tested"]) == 3
    assert out.splitlines()[-1] == "metric=trained metric.extractor.name=squares-v1"
    assert ("gan_lab: warning: extractor squares-v1 fails" in err) == bool(report["falls_short"])
    weights = (tmp_path / "outputs" / "extractors" / "squares-v1.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == report["sha256"]


def test_the_program_is_its_main_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["gan_lab.extractor", "data=digits", "name=1"])
    with pytest.raises(SystemExit, match=r"^gan_lab: name is 1 and must be text"):
        as_program("extractor")


def test_mistake_ends_the_command_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["gan_lab.extractor", "data=digits", "name=mnistcnn-v1"])
    with pytest.raises(
        SystemExit, match=r"^gan_lab: .*mnistcnn-v1\.safetensors exists, and results may have been measured"
    ):
        main()


def test_an_accuracy_that_nothing_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["data=digits", "data.num_classes=0", "name=x-v1", "least_accuracy=0.5"]
    monkeypatch.setattr("sys.argv", ["gan_lab.extractor", *options])
    with pytest.raises(SystemExit, match=r"^gan_lab: least_accuracy does nothing here: without labels"):
        main()


def test_no_weights_are_overwritten(compose_extractor: Compose, tmp_path: Path) -> None:
    taken = tmp_path / "weights" / "digits-v1.safetensors"
    taken.parent.mkdir()
    taken.touch()
    with pytest.raises(GanLabError, match=r"digits-v1\.safetensors exists, and results may have been measured with it"):
        train_extractor(compose_extractor(), "")
    assert list(taken.parent.iterdir()) == [taken]


def colourful(folder: Path, images: int = 150, classes: int = 3, sorted_out: bool = True) -> list[str]:
    """Noisy squares of 14x10 pixels: red, green, blue, each in a folder of its own or all in one."""
    generator = torch.Generator().manual_seed(0)
    for i in range(images):
        pixels = torch.randint(0, 100, (10, 14, 3), generator=generator, dtype=torch.uint8)
        pixels[2:8, 3:9, i % classes] += 150
        own = folder / "abc"[i % classes] if sorted_out else folder
        own.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.numpy()).save(own / f"{i}.png")
    return ["data=folder", f"data.root={folder}", "data.channels=3", "data.image_size=10"]


def test_colour_images_of_another_size(compose_extractor: Compose, measured_with: MeasuredWith, tmp_path: Path) -> None:
    data = colourful(tmp_path / "images")
    config = compose_extractor(*data, "data.validation_fraction=0.3", "epochs=20", "name=squares-v1")
    report = train_extractor(config, "")
    assert report["accuracy"]["validation"] == 1.0
    assert report["ladder"]["checks"]["n"] == 15
    values, protocol = measured_with(overrides(config), config["data"])
    assert protocol["extractor"] == "squares-v1"
    assert values["fid"] > 0


def test_pictures_without_labels_give_features_without_classes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    composed: Compose,
    measured_with: MeasuredWith,
) -> None:
    monkeypatch.chdir(tmp_path)
    data = colourful(tmp_path / "images", sorted_out=False)
    options = ["data.validation_fraction=0.3", "name=squares-v1", "epochs=5", "threads=1"]
    monkeypatch.setattr("sys.argv", ["gan_lab.extractor", *data, *options])
    main()
    report = json.loads((tmp_path / "outputs" / "extractors" / "squares-v1.json").read_text())
    assert "accuracy" not in report
    assert report["learnt_from"] == "two views, without labels"
    assert not any("accuracy" in clause for clause in report["falls_short"])
    *_, said, line = capsys.readouterr().out.splitlines()
    assert said == "learnt without labels, so that measures of classes are left out; use squares-v1 as metric with:"

    config = composed(*data)["data"]
    values, protocol = measured_with(line, config)
    assert protocol["extractor_made_for"] == "the images in images"
    assert values["fid"] > 0
    measure = build(composed(*shlex.split(line), "measure=[clusters]")["metric"], "metric")
    measure.prepare(load_data(config), 15, 0, torch.device("cpu"))
    reason = "squares-v1 was trained without labels, and tells no classes apart"
    assert {measure.left_out[key] for key in ("inception_score", "class_kl", "class_diversity", "cluster_ari")} == {
        reason
    }
    assert any(reason in note for note in measure.notes)


def test_files_in_the_form_of_mnist(compose_extractor: Compose, measured_with: MeasuredWith, tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    for part, n in (("train", 300), ("t10k", 60)):
        labels = torch.arange(n) % 10
        images = torch.randint(0, 60, (n, 28, 28), generator=generator)
        images[torch.arange(n), 2 * labels + 3] = 250  # a bar at the height of its class
        for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
            path = tmp_path / "FashionMNIST" / "raw" / f"{part}-{kind}-ubyte"
            path.parent.mkdir(parents=True, exist_ok=True)
            head = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
            path.write_bytes(head + values.to(torch.uint8).numpy().tobytes())
    data = ["data=fashion_mnist", f"data.root={tmp_path}", "data.validation_size=100"]
    config = compose_extractor(*data, "name=bars-v1")
    report = train_extractor(config, "")
    assert report["images"] == {"train": 200, "validation": 100, "test": 60}
    measures, _ = measured_with(overrides(config), config["data"])
    assert measures["fid"] > 0


def test_few_images_are_gone_through_more_often() -> None:
    assert epochs_for(50_000, 128, labelled=True) == 8
    assert epochs_for(997, 256, labelled=True) == 50  # 4 steps each
    assert epochs_for(10, 256, labelled=True) == 200


def test_default_folder_is_the_users(composed: Compose) -> None:
    assert composed("name=x", root="extractor")["folder"] == "outputs/extractors"


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("name=mnistcnn-v1", r"weights/mnistcnn-v1\.safetensors exists, and results may have been measured with it"),
        ("name=a/b", "name=a/b must begin with a letter"),
        ("name=???", r"name=\?\?\? must begin with a letter"),
        ("name=1", "name=1 must begin with a letter"),
        ("epochs=0", "epochs=0 must be above 0"),
        ("epochs=two", "epochs is 'two' and must be a whole number"),
        ("lr=nan", "lr is nan and must be a number"),
        ("threads=0", "threads=0 must be above 0"),
        ("beside=[mnistcnn-v0]", r"there is no extractor at .*/weights/mnistcnn-v0\.safetensors"),
    ],
)
def test_mistakes_are_refused_before_training(
    compose_extractor: Compose, tmp_path: Path, override: str, sentence: str
) -> None:
    with pytest.raises(GanLabError, match=sentence):
        train_extractor(compose_extractor(override), "")
    assert not list(tmp_path.iterdir())


def test_images_that_cannot_be_learnt_or_checked_are_refused(compose_extractor: Compose, tmp_path: Path) -> None:
    data = colourful(tmp_path / "images", 90)
    few = compose_extractor(*data, "data.validation_fraction=0.1")
    with pytest.raises(
        GanLabError, match=r"^9 validation images are too few to test an extractor: raise data.validation_fraction"
    ):
        train_extractor(few, "")
    with pytest.raises(GanLabError, match="4x4 pixels or more, not 3x3"):
        train_extractor(compose_extractor(*data, "data.image_size=3"), "")
    one_class = colourful(tmp_path / "one", 30, classes=1)
    with pytest.raises(GanLabError, match="only one class"):
        train_extractor(compose_extractor(*one_class), "")
    assert not (tmp_path / "weights").exists()


def test_values_are_quoted_for_hydra_and_the_shell(composed: Compose) -> None:
    folder = "/a b/it's,{x}=[1]~(2)"
    line = overrides({"name": "x-v1", "folder": folder})
    extractor = composed(*shlex.split(line))["metric"]["extractor"]
    assert (extractor["name"], extractor["folder"], extractor["sha256"]) == ("x-v1", folder, "")


@pytest.fixture
def report() -> dict[str, Any]:
    return json.loads((REFERENCE / "mnistcnn-v2.json").read_text())


def test_shipped_extractor_falls_short_of_nothing(report: dict[str, Any]) -> None:
    assert shortfalls(report, least_accuracy=0.99) == report["falls_short"] == []
    assert warning({"name": "mnistcnn-v2"}, report | {"falls_short": []}) is None


def test_one_sentence_says_all_that_is_wrong(report: dict[str, Any]) -> None:
    wrong = copy.deepcopy(report)
    wrong["ladder"]["checks"] |= {"dead": 0.05, "noise_rises": False, "blur_rises": False, "dropped_rises": False}
    wrong["ladder"]["garbage"]["precision_k3"] = 0.5
    wrong["ladder"]["real"]["fid_per_trace"] = 0.015
    wrong["ladder"]["shifted"]["fid"] = wrong["ladder"]["dimmed"]["fid"] = 5.0
    wrong["ladder"]["halves"]["fid"] = 15.0
    wrong["accuracy"]["validation"] = 0.989
    wrong["falls_short"] = shortfalls(wrong, least_accuracy=0.99)
    assert warning({"name": "x-v1"}, wrong) == (
        "extractor x-v1 fails its tests on 3000 images of each kind: "
        "its accuracy on validation images is 0.989, not 0.99 or more; "
        "5.0% of its features are dead, not less than 5%; "
        "FID does not rise with every step of noise; FID does not rise with every step of blur; "
        "FID does not rise with every step of missing classes; "
        "it gives garbage a precision of 0.50, not less than 0.5; "
        "FID of real images is 0.015 of the variance, not less than 0.015; "
        "FID of images shifted by one pixel is 5.0, not less than 5; "
        "FID of images dimmed by 10 % is 5.0, not less than 5; "
        "FID of halves of different images is 15.0, not more than 15"
    )


def test_a_test_of_few_images_is_doubted(report: dict[str, Any]) -> None:
    report["falls_short"] = ["something"]
    for n, words in ((99, "kind, too few to be sure of anything: something"), (100, "kind: something")):
        report["ladder"]["checks"]["n"] = n
        assert (warning({"name": "x-v1"}, report) or "").endswith(f"{n} images of each {words}")


def test_bias_of_few_images_is_no_shortfall(report: dict[str, Any]) -> None:
    report["ladder"]["checks"]["n"] = 2999
    report["ladder"]["real"]["fid_per_trace"] = 0.5
    report["ladder"]["shifted"]["fid"], report["ladder"]["halves"]["fid"] = 50.0, 1.0
    assert shortfalls(report, least_accuracy=0.9) == []


@pytest.mark.parametrize("n", [133, 2999, 3000])
def test_what_so_few_images_cannot_test_is_said(report: dict[str, Any], n: int) -> None:
    report["ladder"]["checks"]["n"] = n
    report["not_tested"] = not_tested(n)
    said = untested(report)
    if n == 3000:
        assert said is None
        return
    assert said == (
        f"not tested, since {n:,} images of each kind are fewer than 3,000: "
        "whether FID of real images is below 0.015 of the variance; "
        "whether FID of images shifted by one pixel, and of images dimmed by 10 %, is below 5; "
        "whether FID of halves of different images is above 15"
    )


def test_the_limits_themselves_are_no_shortfall(report: dict[str, Any]) -> None:
    accuracy = report["accuracy"]["validation"]
    assert shortfalls(report, least_accuracy=accuracy) == []
    (only,) = shortfalls(report, least_accuracy=accuracy + 1e-9)
    assert only.startswith("its accuracy on validation images is")
    report["ladder"]["checks"] |= {"dead": 0.0499, "n": 3000}
    report["ladder"]["garbage"]["precision_k3"] = 0.4999
    report["ladder"]["real"]["fid_per_trace"] = 0.00999
    report["ladder"]["shifted"]["fid"] = report["ladder"]["dimmed"]["fid"] = 4.999
    report["ladder"]["halves"]["fid"] = 15.001
    assert shortfalls(report, least_accuracy=0.9) == []


def labelled(shape: tuple[int, int, int], validation: int, classes: int = 3) -> DataModule:
    """Black images whose labels take turns."""

    class Given(DataModule):
        def load(self) -> tuple[Samples, Samples, Samples]:
            parts = (Samples(torch.zeros(n, *shape, dtype=torch.uint8), torch.arange(n) % classes) for n in sizes)
            return tuple(parts)  # type: ignore[return-value]

    sizes = (6, validation, 3)
    data = Given(shape=shape, num_classes=classes, batch_size=2, seed=0, split_seed=0)
    data.setup()
    return data


def test_the_smallest_images_and_the_fewest_that_can_be_learnt() -> None:
    assert to_be_tested(data := labelled((1, 4, 4), 18)) is data
    for shape in ((1, 3, 5), (1, 5, 3)):
        with pytest.raises(GanLabError, match=f"4x4 pixels or more, not {shape[1]}x{shape[2]}"):
            to_be_tested(labelled(shape, 18))
    # Of 16 a rung has 5 images, and 4 of the 11 others are of the one class that is never dropped.
    to_be_tested(labelled((1, 4, 4), 16))
    for few in (14, 15):
        with pytest.raises(GanLabError, match=f"^{few} validation images are too few, .* of the first 1 of 3 classes"):
            to_be_tested(labelled((1, 4, 4), few))
    with pytest.raises(GanLabError, match="first 2 of 7 classes"):
        to_be_tested(labelled((1, 4, 4), 12, classes=7))
    to_be_tested(labelled((1, 4, 4), 12, classes=2))
    with pytest.raises(GanLabError, match=r"^11 validation images are too few to test an extractor: raise"):
        to_be_tested(labelled((1, 4, 4), 11, classes=2))


def test_options_have_their_types_and_must_be_above_0() -> None:
    numbers = {"seed": 0, "epochs": None, "batch_size": 1, "lr": 1, "threads": 1, "least_accuracy": 0}
    right = numbers | {"beside": ["random-v1"], "name": "x"}
    assert options(right) == numbers | {"beside": ["random-v1"]}
    for key in ("epochs", "batch_size", "lr", "threads"):
        for wrong in (0, -1):
            with pytest.raises(GanLabError, match=f"{key}={wrong}.* must be above 0"):
                options(right | {key: wrong})
    assert options(right | {"epochs": 3})["epochs"] == 3


def test_a_name_that_is_allowed_gives_the_path(tmp_path: Path) -> None:
    assert weights_path({"name": "A1.b_c-d", "folder": str(tmp_path)}) == tmp_path / "A1.b_c-d.safetensors"
    for name in ("", "1a", "a b", "a/b", None, 3):
        with pytest.raises(GanLabError, match="must begin with a letter"):
            weights_path({"name": name, "folder": str(tmp_path)})


def test_accuracy_is_the_share_of_right_guesses(digits: Digits) -> None:
    shipped = TrainedFeatures(name="mnistcnn-v1", sha256=sha256_of_shipped(), folder=str(SHIPPED))
    some = digits.test.subset(slice(30))
    images = some.values
    guesses = shipped.extract(images)[1]
    assert guesses is not None
    assert some.labels is not None
    right = Samples(images, guesses.argmax(1))
    assert accuracy(shipped, right) == 1
    wrong = guesses.argmax(1)
    wrong[:12] = (wrong[:12] + 1) % 10
    assert accuracy(shipped, Samples(images, wrong)) == pytest.approx(18 / 30)


def sha256_of_shipped() -> str:
    return hashlib.sha256((SHIPPED / "mnistcnn-v1.safetensors").read_bytes()).hexdigest()
