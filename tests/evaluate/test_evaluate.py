"""python -m gan_lab.evaluate, as a user calls it."""

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.data.digits import Digits
from gan_lab.metric.direction import named
from tests.commands import many

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("evaluate")]

MODEL = (
    "model=gmgan_static",
    "data=digits",
    "generator_steps=12",
    "hydra.run.dir=run",
    "callbacks.image_samples.times=1",
)


def digits() -> Digits:
    data = Digits(shape=(1, 28, 28), num_classes=10, batch_size=64, seed=0, split_seed=0)
    data.setup()
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    """A trained run, and image files that nobody here wrote: `images/`, three arrays and an IDX file."""
    root = tmp_path_factory.mktemp("evaluate")
    (trained,) = many([MODEL], root)
    assert trained["status"] == 0, trained["said"]
    images = digits().test.values[:, 0].numpy()
    (root / "images").mkdir()
    for number, image in enumerate(images[:50]):
        Image.fromarray(image).save(root / "images" / f"{number}.png")
    np.savez(root / "images.npz", images)
    np.savez(root / "small.npz", images[:, :20, :20])
    np.savez(root / "few.npz", images[:4])
    np.savez(root / "copies.npz", images[:5].repeat(60, 0))
    broken = images / 255.0
    broken[7, 3, 3] = np.nan
    np.save(root / "nan.npy", broken)
    with gzip.open(root / "images-idx3-ubyte.gz", "wb") as file:
        file.write(struct.pack(">IIII", 2051, *images.shape) + images.tobytes())
    checkpoint = (root / "0" / "run" / "checkpoints" / "last.ckpt").read_bytes()
    (root / "torn.ckpt").write_bytes(checkpoint[: len(checkpoint) // 2])
    torch.save({"state_dict": {}}, root / "foreign.ckpt")
    (root / "lone.ckpt").write_bytes(checkpoint)
    return root


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, dict[str, Any]]:
    """What each command said, all of them run in one process."""
    run = f"checkpoint={folder}/0/run"
    commands: dict[str, list[str]] = {
        "run": [run, "which=last", "metric.split=validation", "seed=1"],
        "lone": [f"checkpoint={folder}/lone.ckpt", "metric.split=validation", "repeats=3", "sampler.batch_size=17"],
        "sweep": ["-m", f"checkpoint={folder}/lone.ckpt", "metric=mnistcnn,pixels", "seed=1,2"],
        "samplers": ["-m", f"checkpoint={folder}/lone.ckpt", "sampler=direct,confidence,dot", "n=100", "repeats=2"],
        "folder": [f"images={folder}/images", "data=digits"],
        "npz": [f"images={folder}/images.npz", "data=digits"],
        "idx": [f"images={folder}/images-idx3-ubyte.gz", "data=digits", "n=300"],
        "copies": [f"images={folder}/copies.npz", "data=digits"],
        "few": [f"images={folder}/few.npz", "data=digits"],
    }
    refused = {sentence: arguments for arguments, sentence in REFUSED}
    lines = [["evaluate", *arguments] for arguments in commands.values()]
    lines += [
        ["evaluate", *(part.replace("ROOT", str(folder)) for part in arguments)] for arguments in refused.values()
    ]
    results = many(lines, folder / "0", GAN_LAB_CACHE=str(folder / "cache"))
    return dict(zip([*commands, *refused], results, strict=True))


REFUSED = [
    (["data=digits"], "needs either checkpoint=PATH"),
    (["data=digits", "images=ROOT/images.npz", "checkpoint=ROOT/0/run"], "checkpoint=PATH (a run folder"),
    (["checkpoint=nowhere"], "there is no checkpoint at"),
    (["checkpoint=ROOT/torn.ckpt", "data=digits"], "is damaged or not a checkpoint"),
    (["checkpoint=ROOT/foreign.ckpt", "data=digits"], "is not a checkpoint of gan_lab"),
    (["checkpoint=ROOT/0/run", "data=ring"], "the two cannot be compared"),
    (["images=ROOT/small.npz", "data=digits"], "28"),
    (["images=ROOT/nan.npy", "data=digits"], "finite"),
    (["images=nowhere.npz", "data=digits"], "does not exist"),
    (["images=ROOT/images.npz", "data=digits", "repeats=2"], "repeats=2"),
    (["images=ROOT/images.npz", "data=digits", "repeats=abc"], "repeats is 'abc' and must be a whole number"),
    (["images=ROOT/images.npz", "data=digits", "n=abc"], "n is 'abc' and must be a whole number"),
    (
        ["checkpoint=ROOT/0/run", "sampler=drs", "sampler.m_quantile=2"],
        "m_quantile is 2 and must be a number above 0",
    ),
    (["checkpoint=ROOT/0/run", "sampler=confidence", "data.num_classes=0"], "no labels to train it on"),
    (
        ["checkpoint=ROOT/0/run", "sampler=batch_inception_score", "sampler.threshold=3"],
        "needs either threshold or quantile, and null for the other",
    ),
    (["images=ROOT/images.npz", "data=digits", "metric.extractor.sha256='12'"], "but the configuration states 12"),
    (["images=ROOT/images.npz", "data=digits", "metric=inception"], "weights-inception-2015-12-05-6726825d.pth"),
    (
        ["images=ROOT/images.npz", "data=digits", "metric.metrics.prdc.k=400", "metric.monitor=recall_k400"],
        "metric.monitor=recall_k400 cannot be computed: at least 401 samples are needed, and there are 400",
    ),
]


def record(answer: dict[str, Any]) -> dict[str, Any]:
    """The evaluation.json of a command."""
    assert answer["status"] == 0, answer["said"]
    (path,) = Path(answer["folder"]).glob("outputs/evaluate/*/evaluation.json")
    return json.loads(path.read_text())


def test_a_run_evaluated_as_in_training_gives_the_same_numbers(folder: Path, answers: Any) -> None:
    found = record(answers["run"])
    summary = json.loads((folder / "0" / "run" / "summary.json").read_text())
    assert found["measures"]["generated"] == pytest.approx(summary["measures"]["last"], rel=1e-6)
    assert found["measures"]["floor"] == pytest.approx(summary["measures"]["floor"], rel=1e-6)
    assert found["subject"]["generator_steps"] == 12
    assert found["subject"]["sampler"] == "direct"
    said = answers["run"]["said"]
    for word in ("fid ↓", "precision_k3 ↑", "coverage_k5 ↑", "real (floor)", "mnistcnn-v2", "samples.png"):
        assert word in said
    (table,) = Path(answers["run"]["folder"]).glob("outputs/evaluate/*/measures.md")
    assert str(table.relative_to(answers["run"]["folder"])) in said
    assert {line.split(" | ")[0].strip("| ") for line in table.read_text().splitlines()} >= {
        named(name) for name in found["measures"]["generated"] | found["measures"]["floor"]
    }
    protocol = found["protocol"]
    assert protocol["split"] == "validation"
    assert {"extractor_sha256", "reference_sha256", "reference_n", "k", "density_k"} <= protocol.keys()
    pictures = {path.name for path in Path(answers["run"]["folder"]).rglob("*.png")}
    assert pictures == {"samples.png", "classes.png", "confusion.png", "embedding.png"}


def test_a_lone_checkpoint_brings_its_model_and_its_data_and_repeats_give_a_spread(answers: Any) -> None:
    found, once = record(answers["lone"]), record(answers["run"])["measures"]["generated"]
    runs = [run["fid"] for run in found["measures"]["runs"]]
    assert runs[0] == pytest.approx(once["fid"], rel=1e-4)  # another batch size, the same images
    assert found["measures"]["generated"]["fid"] == pytest.approx(np.mean(runs))
    assert found["measures"]["spread"]["fid"] == pytest.approx(np.std(runs, ddof=1))
    assert found["subject"]["seeds"] == [1, 2, 3]
    assert "±" in answers["lone"]["said"]


def test_a_sweep_ends_in_one_table_for_each_protocol(answers: Any) -> None:
    answer = answers["sweep"]
    assert answer["status"] == 0, answer["said"]
    (text,) = Path(answer["folder"]).glob("outputs/evaluate/*/evaluations.md")
    tables = text.read_text().split("**dataset")[1:]
    assert len(tables) == 2
    for table, extractor in zip(tables, ("mnistcnn-v2", "pixels"), strict=True):
        assert f"extractor {extractor}" in table
        assert sum(line.startswith("| ") for line in table.splitlines()) == 5  # head, rule, two seeds, floor
        assert "seed=1" in table
        assert "seed=2" in table
        assert "real (floor)" in table
    assert len(list(Path(answer["folder"]).glob("outputs/evaluate/*/*/evaluation.json"))) == 4


def test_samplers_are_compared_with_the_plain_generator_and_their_cost(answers: Any) -> None:
    answer = answers["samplers"]
    assert answer["status"] == 0, answer["said"]
    (sweep,) = Path(answer["folder"]).glob("outputs/evaluate/*/evaluations.md")
    head, _, *rows = sweep.read_text().splitlines()[2:]
    assert head.endswith("| passes per sample | milliseconds per sample |")
    assert [row.split(" | ")[0] for row in rows[:4]] == [
        *("| sampler=direct", "| sampler=confidence", "| sampler=dot"),
        "| real (floor)",
    ]
    direct, confidence, dot = (
        json.loads((sweep.parent / str(number) / "evaluation.json").read_text()) for number in range(3)
    )
    assert direct["cost"]["passes"] == 1.0
    assert dot["cost"]["passes"] == 81.0  # 20 updates of 2 networks, each with its gradient, and the image
    assert confidence["cost"]["passes"] == pytest.approx(2 / confidence["sampling"]["acceptance"], rel=0.5)
    assert dot["subject"]["n_updates"] == 20
    assert dot["subject"]["start"] == {"sampler": "direct"}
    assert {"cost.png", "quality_diversity.png"} <= {path.name for path in sweep.parent.iterdir()}
    assert (sweep.parent / "2" / "figures" / "chains.png").is_file()
    assert direct["protocol"] == dot["protocol"], "the same measure"


def test_real_test_images_from_a_file_are_perfect(answers: Any) -> None:
    found = record(answers["npz"])
    values = found["measures"]["generated"]
    assert values["fid"] < 1e-6 * 384
    assert (values["precision_k3"], values["recall_k3"], values["coverage_k5"]) == (1.0, 1.0, 1.0)
    assert values["authenticity"] == found["measures"]["floor"]["authenticity"]
    assert found["subject"]["found"] == 400
    assert len(found["subject"]["sha256"]) == 64


def test_fewer_images_are_compared_with_as_many(answers: Any) -> None:
    for name, n in (("folder", 50), ("idx", 300)):
        found = record(answers[name])
        assert found["protocol"]["reference_n"] == found["protocol"]["samples"] == found["subject"]["n"] == n
    assert (
        record(answers["folder"])["measures"]["generated"]["fid"] < 1e-6 * 384
    )  # the first of the shuffled test images


def test_few_images_get_what_can_be_measured(answers: Any) -> None:
    found, said = record(answers["few"]), answers["few"]["said"]
    assert {"fid", "kid", "class_kl"} <= found["measures"]["generated"].keys()
    assert {"precision_k3", "inception_score"} <= found["left_out"].keys()
    assert "coverage_k5 are left out: at least 6 samples are needed, and there are 4" in said
    assert (
        f"every measure of 4 samples is mostly noise: real ones get fid {found['measures']['floor']['fid']:.3g}" in said
    )


def test_copies_are_warned_of(answers: Any) -> None:
    found = record(answers["copies"])
    assert found["measures"]["generated"]["duplicates"] == 1.0
    assert "warning: 100.0% of the images equal another one" in answers["copies"]["said"]


@pytest.mark.parametrize("sentence", [sentence for _, sentence in REFUSED])
def test_what_cannot_be_measured_is_refused(answers: Any, sentence: str) -> None:
    answer = answers[sentence]
    assert answer["status"] == 1, answer["said"]
    assert answer["said"].startswith("gan_lab: ")
    assert sentence in answer["said"]
    assert len(answer["said"].splitlines()) == 1, answer["said"]
    assert [path for path in Path(answer["folder"]).rglob("*") if path.is_file()] == []
