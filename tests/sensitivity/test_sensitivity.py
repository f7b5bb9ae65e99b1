"""python -m gan_lab.sensitivity: the numbers, and the command as a user types it."""

import hashlib
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
import torch
from PIL import Image
from torch import Tensor

from gan_lab.build import build
from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8
from gan_lab.metric.extractor.base import affine_head
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.prdc import prdc
from gan_lab.metric.real_images import quantised
from gan_lab.model.base import AdversarialModule
from gan_lab.noise import seed_of
from gan_lab.sensitivity.__main__ import main
from gan_lab.sensitivity.results import compared, curve, intercepts
from gan_lab.sensitivity.run import numbers, refuse_sizes, sensitivity
from tests.commands import as_program
from tests.fixtures import Compose

SMALL = ("model=gan", "data=digits", "model.generator.hidden=[16]", "model.critic.hidden=[16]", "model.prior.dim=4")


class MakeCheckpoint(Protocol):
    def __call__(self, *overrides: str, broken: bool = False) -> tuple[Path, AdversarialModule]: ...


@pytest.fixture(scope="module")
def digits() -> Digits:
    data = Digits(shape=(1, 28, 28), num_classes=10, batch_size=64, seed=1, split_seed=0)
    data.setup()
    return data


@pytest.fixture
def make_checkpoint(composed: Compose, tmp_path: Path) -> MakeCheckpoint:
    """make_checkpoint(OVERRIDES): a model that nobody trained, and the file that training would have left of it."""

    def make(*overrides: str, broken: bool = False) -> tuple[Path, AdversarialModule]:
        config = composed(*overrides)
        torch.manual_seed(0)
        model = build(config["model"], "model")
        if broken:
            for weights in model.parameters():
                weights.data.fill_(math.nan)
        path = tmp_path / "tiny.ckpt"
        torch.save({"config": config, "state_dict": model.state_dict(), "counters": {"generator_steps": 0}}, path)
        return path, model

    return make


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_LAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def type_command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """type_command("checkpoint=PATH"): python -m gan_lab.sensitivity checkpoint=PATH, inside this process."""

    def run(*arguments: str) -> None:
        monkeypatch.setattr("sys.argv", ["gan_lab.sensitivity", *arguments])
        main()

    return run


@pytest.mark.slow
def test_command_line(
    make_checkpoint: MakeCheckpoint,
    type_command: Callable[..., None],
    digits: Digits,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, model = make_checkpoint(*SMALL)
    folder = tmp_path / "run"
    command = [f"checkpoint={path}", "sizes=[200,50,100]", "ks=[1,3]", "seed=5"]
    type_command(*command, f"hydra.run.dir={folder}")
    assert {file.name for file in folder.iterdir()} == {"sensitivity.json", "sensitivity.png"}
    with Image.open(folder / "sensitivity.png") as image:
        assert min(image.size) > 600
    report = json.loads((folder / "sensitivity.json").read_text())
    assert report["command"] == "python -m gan_lab.sensitivity " + " ".join([*command, "data=digits"])
    assert (report["subject"]["sha256"], report["subject"]["seed"]) == (
        hashlib.sha256(path.read_bytes()).hexdigest(),
        5,
    )
    protocol, results = report["protocol"], report["results"]
    assert (protocol["dataset"], protocol["split"], protocol["sizes"]) == ("digits", "test", [50, 100, 200])
    names = ["mnistcnn-v2", "random-v1", "pixels"]
    assert [used["extractor"] for used in protocol["extractors"]] == names
    cells = {(record["extractor"], record["samples"], record["n"]) for record in results}
    assert len(results) == len(cells) == 3 * 2 * 3
    assert report["fid_infinity"] == intercepts(results)
    printed = capsys.readouterr().out
    assert all(name in printed for name in names)
    assert str(folder) in printed

    # The same numbers on a way of our own.
    extractor = RandomFeatures(name="again", seed=0)
    extractor.adapt(1, 28, 28)
    extractor.set_head(*affine_head(extractor(quantised(digits.train, 997))))
    generator = torch.Generator().manual_seed(seed_of("evaluation", "test", 5))
    latent = model.averaged_prior.sample(200, generator)
    fakes = to_uint8(model.averaged_generator.eval()(latent.z, latent.component))
    for n in (50, 200):
        real = extractor(quantised(digits.test, n))
        for kind, images in (("real", quantised(digits.train, n)), ("generated", fakes[:n])):
            features = extractor(images)
            frechet = FrechetDistance()
            frechet.set_reference(Reference(Features(real)))
            expected = {"fid": frechet.of(Features(features))["fid"]}
            for k, shares in prdc(real, features, (1, 3)).items():
                expected |= {f"precision_k{k}": shares.precision, f"recall_k{k}": shares.recall}
                expected |= {f"density_k{k}": shares.density, f"coverage_k{k}": shares.coverage}
            [found] = [r for r in results if (r["extractor"], r["samples"], r["n"]) == ("random-v1", kind, n)]
            assert {key: found[key] for key in expected} == pytest.approx(expected, rel=1e-4)

    for record in results:
        assert record["precision_k3"] >= record["precision_k1"]
        assert record["recall_k3"] >= record["recall_k1"]
        if record["samples"] == "real":
            assert record["recall_k3"] > record["recall_k1"]
            assert record["precision_k3"] > record["precision_k1"]
    for name in names:
        _, fids = curve(results, name, "real", "fid")
        assert fids == sorted(fids, reverse=True)


def on_circle(n: int, radius: float, generator: torch.Generator) -> Tensor:
    angle = 2 * math.pi * torch.rand(n, generator=generator)
    return radius * torch.stack([angle.cos(), angle.sin()], 1)


def test_precision_falls_with_n_beside_the_data_and_stays_on_them() -> None:
    """Real points on a circle, generated ones on a wider one: the more there are, the more clearly they differ."""
    generator = torch.Generator().manual_seed(0)
    clouds = {"real": on_circle(2000, 1.0, generator), "generated": on_circle(2000, 1.02, generator)}
    real = on_circle(2000, 1.0, generator)
    found = [compared(real[:n], {kind: x[:n] for kind, x in clouds.items()}, [3]) for n in (200, 500, 2000)]
    beside = [values["generated"]["precision_k3"] for values in found]
    assert beside[0] > 0.8 > beside[1] > 0.1 > beside[2]
    assert max(v["real"]["precision_k3"] for v in found) - min(v["real"]["precision_k3"] for v in found) < 0.05


def test_fid_infinity_is_the_distance_of_the_laws() -> None:
    """N(0, I) and N(0, 1.5² I) in 32 dimensions are 32 · 0.5² = 8 apart: every N says more, the intercept does not."""
    generator = torch.Generator().manual_seed(0)
    real, same, wide = (torch.randn(2000, 32, generator=generator) for _ in range(3))
    results = []
    for n in (250, 500, 1000, 2000):
        found = compared(real[:n], {"real": same[:n], "generated": 1.5 * wide[:n]}, [1])
        results += [{"extractor": "x", "samples": kind, "n": n, **values} for kind, values in found.items()]
    sizes, fids = curve(results, "x", "generated", "fid")
    assert sizes == [250, 500, 1000, 2000]
    assert fids == sorted(fids, reverse=True)
    assert min(fids) > 8.3
    assert intercepts(results)["x"] == pytest.approx({"real": 0.0, "generated": 8.0}, abs=0.15)
    _, floor = curve(results, "x", "real", "fid")
    assert [fid * n for fid, n in zip(floor, sizes, strict=True)] == pytest.approx([floor[0] * 250] * 4, rel=0.1)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (["checkpoint=null"], "sensitivity needs checkpoint=PATH"),
        (["ks=[]"], r"ks=\[\] must be one number or more, each 1 or above"),
        (["ks=[0,3]"], r"ks=\[0, 3\] must be"),
        (["ks=[many]"], r"ks is \['many'\]"),
        (["sizes=[100,100]"], r"sizes=\[100, 100\] must be 2 different numbers or more"),
        (["sizes=100"], "sizes is 100"),
        (["ks=[3,100]", "sizes=[200,100]"], r"ks=\[3, 100\] must be below 100, the smallest of sizes"),
        (["sizes=[100,500]"], "sizes go up to 500, but data=digits has 400 test images and 997 training images"),
        (["metric=points"], "metric must be a metric with an extractor"),
        (["metric@extractors.pixels=torch_fidelity"], "extractors.pixels must be a metric with an extractor"),
        (["metric=random", "metric.extractor.seed=7"], "the same name as another one, random-v1"),
        (["split=train"], "split"),
    ],
)
def test_mistakes_are_refused_and_nothing_is_written(
    make_checkpoint: MakeCheckpoint, composed: Compose, tmp_path: Path, overrides: list[str], sentence: str
) -> None:
    path, _ = make_checkpoint(*SMALL)
    run_dir = tmp_path / "run"
    run_dir.mkdir()  # as Hydra does
    given = [f"checkpoint={path}", "data=digits", "sizes=[50,100]", f"run_dir={run_dir}", *overrides]
    with pytest.raises(GanLabError, match=sentence):
        sensitivity(composed(*given, root="sensitivity"), "", given, "digits")
    assert not run_dir.exists()


def test_points_are_refused(make_checkpoint: MakeCheckpoint, type_command: Callable[..., None], tmp_path: Path) -> None:
    path, _ = make_checkpoint("model=gan", "data=ring")
    with pytest.raises(SystemExit, match=r"^gan_lab: sensitivity is for images, not for points: data=ring"):
        type_command(f"checkpoint={path}", f"hydra.run.dir={tmp_path}/run")
    assert not (tmp_path / "run").exists()


def test_broken_models_are_refused(make_checkpoint: MakeCheckpoint, composed: Compose, tmp_path: Path) -> None:
    path, _ = make_checkpoint(*SMALL, broken=True)
    given = [f"checkpoint={path}", "data=digits", "sizes=[50,100]", f"run_dir={tmp_path}/run"]
    with pytest.raises(GanLabError, match="100 of 100 generated samples are not finite"):
        sensitivity(composed(*given, root="sensitivity"), "", given, "digits")


def test_the_same_extractor_is_used_once(make_checkpoint: MakeCheckpoint, composed: Compose, tmp_path: Path) -> None:
    path, _ = make_checkpoint(*SMALL)
    given = [f"checkpoint={path}", "data=digits", "sizes=[20,30]", f"run_dir={tmp_path}/run", "metric=random"]
    report = sensitivity(composed(*given, root="sensitivity"), "", given, "digits")
    assert [*report["fid_infinity"]] == ["random-v1", "pixels"]


def test_one_extractor_is_enough(make_checkpoint: MakeCheckpoint, composed: Compose, tmp_path: Path) -> None:
    path, _ = make_checkpoint(*SMALL)
    alone = ["metric=pixels", "~metric@extractors.random", "~metric@extractors.pixels"]
    given = [f"checkpoint={path}", "data=digits", "sizes=[20,30]", f"run_dir={tmp_path}/run", *alone]
    report = sensitivity(composed(*given, root="sensitivity"), "", given, "digits")
    assert [*report["fid_infinity"]] == ["pixels"]


def test_a_record_and_a_picture_of_what_was_asked(
    make_checkpoint: MakeCheckpoint,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, _ = make_checkpoint(*SMALL)
    folder = tmp_path / "run"
    alone = ["metric=pixels", "~metric@extractors.random", "~metric@extractors.pixels"]
    command = [f"checkpoint={path}", "sizes=[40,20]", "ks=[2,1]", "seed=5", *alone]
    start = time.perf_counter()
    monkeypatch.setattr("sys.argv", ["gan_lab.sensitivity", *command, f"hydra.run.dir={folder}"])
    as_program("sensitivity")
    took = time.perf_counter() - start
    assert {file.name for file in folder.iterdir()} == {"sensitivity.json", "sensitivity.png"}
    report = json.loads((folder / "sensitivity.json").read_text())
    assert report["command"] == "python -m gan_lab.sensitivity " + " ".join([*command, "data=digits"])
    assert (report["protocol"]["sizes"], report["protocol"]["ks"]) == ([20, 40], [1, 2])
    assert [record["n"] for record in report["results"]] == [20, 20, 40, 40]
    assert {record["samples"] for record in report["results"]} == {"real", "generated"}
    assert all(record["precision_k1"] <= record["precision_k2"] for record in report["results"])
    seconds = report["seconds"]
    assert seconds.keys() == {"reference", "sampling", "measuring"}
    assert min(seconds.values()) >= 0
    assert sum(seconds.values()) <= took + 0.002
    said = capsys.readouterr().out
    assert "infinite" in said
    assert f"all values: {folder}/sensitivity.json" in said


def test_sizes_may_be_all_images_and_k_one_less_than_the_smallest() -> None:
    assert numbers({"ks": [3, 1, 3]}, "ks", least=1, count=1) == [1, 3]
    assert numbers({"sizes": [9, 2]}, "sizes", least=2, count=2) == [2, 9]
    for key, given, least, count in (
        ("ks", [], 1, 1),
        ("ks", [0], 1, 1),
        ("sizes", [5], 2, 2),
        ("sizes", [1, 5], 2, 2),
    ):
        with pytest.raises(GanLabError, match=f"{key}=.* must be"):
            numbers({key: given}, key, least=least, count=count)


def test_there_must_be_as_many_images_on_both_sides(digits: Digits) -> None:
    refuse_sizes([50, 400], digits, "test", "digits")
    with pytest.raises(GanLabError, match="sizes go up to 401"):
        refuse_sizes([50, 100, 401], digits, "test", "digits")
    refuse_sizes([1, 997], digits, "train", "digits")
