"""A saved model is the model: the same bits from two files that anybody may have made, and under a name."""

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import gan_lab
from gan_lab.config.compose import compose_config
from gan_lab.errors import GanLabError
from gan_lab.evaluate.__main__ import USED as EVALUATE
from gan_lab.evaluate.run import evaluate
from gan_lab.library import ship_model
from gan_lab.runs import saved_folder
from gan_lab.runs.cache import digest_of
from gan_lab.runs.run_folder import config_at, find_checkpoint
from gan_lab.runs.saved_folder import CARD, README, WEIGHTS
from gan_lab.sample.__main__ import USED as SAMPLE
from gan_lab.sample.run import sample
from tests.commands import gan_lab as command
from tests.commands import many
from tests.library.made_models import MADE, SMALL, made
from tests.present import present


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a model of digits with batch norm that nobody trained, and its average, settled."""
    return made(tmp_path_factory.mktemp("made"), *MADE["batch_norm"])


def drawn(checkpoint: Path, out: Path, dataset: str, *words: str) -> dict[str, np.ndarray]:
    """What the command writes."""
    given = (f"checkpoint={checkpoint}", f"data={dataset}", "device=cpu", f"out={out}", "format=npz", "n=6", *words)
    sample(compose_config(*given, root="sample", keys=[*SAMPLE]), [], dataset)
    with np.load(out / "samples.npz") as file:
        return dict(file)


@pytest.mark.parametrize("sampler", ["direct", "dot", "sir"])
def test_samplers_draw_the_same_bits(run: Path, tmp_path: Path, sampler: str) -> None:
    folder = gan_lab.load(run, device="cpu").save(tmp_path / "saved")
    assert sorted(path.name for path in folder.iterdir()) == [README, CARD, WEIGHTS, "samples.png"]
    one, other = (
        drawn(path, tmp_path / name, "digits", f"sampler={sampler}") for path, name in ((run, "a"), (folder, "b"))
    )
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[key], other[key]) for key in one)


def test_measures_are_the_same_numbers(run: Path, tmp_path: Path) -> None:
    folder = gan_lab.load(run, device="cpu").save(tmp_path / "saved")
    records = []
    for path, name in ((run, "a"), (folder, "b")):
        given = (f"checkpoint={path}", "data=digits", "device=cpu", f"run_dir={tmp_path / name}", "n=60")
        options = (*given, "metric=pixels", f"metric.cache_dir={tmp_path}/cache")
        evaluate(compose_config(*options, root="evaluate", keys=[*EVALUATE]), [], "digits")
        records.append(json.loads((tmp_path / name / "evaluation.json").read_text()))
    assert records[0]["measures"] == records[1]["measures"]
    asked = gan_lab.load(folder, device="cpu").evaluate(n=60, metric="pixels")
    assert asked.measures == records[0]["measures"]["generated"]
    assert asked.intervals == {name: tuple(ends) for name, ends in records[0]["measures"]["interval"].items()}
    assert asked.protocol == records[0]["protocol"]
    assert f"{asked['fid']:.4g}" in repr(asked)
    assert "<table>" in asked._repr_html_()


@pytest.mark.parametrize("words", [*MADE.values()], ids=[*MADE])
def test_critic_prior_and_statistics_come_back(tmp_path: Path, words: tuple[str, ...]) -> None:
    first = gan_lab.load(made(tmp_path / "run", *words), device="cpu")
    again = gan_lab.load(first.save(tmp_path / "saved"), device="cpu")
    kept = {name: value for name, value in first.module.state_dict().items() if not name.startswith("generator.")}
    own = {name for name in kept if name.startswith("prior.")}  # the average's, as the generator is
    found = again.module.state_dict()
    assert all(torch.equal(found[name], value) for name, value in kept.items() if name not in own)
    assert (again.name, again.dataset, again.counters) == (first.name, first.dataset, first.counters)
    assert not again.module.training
    assert not any(weight.requires_grad for weight in again.module.parameters())
    points = first.sample(5, seed=2)
    assert torch.equal(again.critic(points.x), first.critic(points.x))
    assert digest_of(load_file(tmp_path / "saved" / WEIGHTS)) == digest_of(
        load_file(again.save(tmp_path / "more") / WEIGHTS)
    )


def test_the_card_says_what_it_is(run: Path, tmp_path: Path) -> None:
    model = gan_lab.load(run, device="cpu")
    card = json.loads((model.save(tmp_path / "saved") / CARD).read_text())
    assert card["config"]["model"] == model.config["model"]
    assert card["config"]["dataset"] == "digits"
    assert card["numbers"] == model.numbers
    assert card["numbers"]["measures"] == {"fid": 3.5}
    assert card["numbers"]["floor"] == {"fid": 1.0}
    assert card["counters"]["images_seen"] == 448
    assert config_at(tmp_path / "saved") == card["config"]
    again = gan_lab.load(tmp_path / "saved", device="cpu")
    assert again.numbers == model.numbers
    with pytest.raises(GanLabError, match=r"saved exists and is not empty"):
        model.save(tmp_path / "saved")


def test_half_precision_halves_the_matrices_alone(run: Path, tmp_path: Path) -> None:
    model = gan_lab.load(run, device="cpu")
    whole, half = model.save(tmp_path / "whole") / WEIGHTS, model.save(tmp_path / "half", half=True) / WEIGHTS
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    kinds = {name: value.dtype for name, value in load_file(half).items() if value.is_floating_point()}
    matrices = {name for name, value in load_file(whole).items() if value.ndim > 1}
    assert {name for name, kind in kinds.items() if kind == torch.float16} == matrices
    close = gan_lab.load(half.parent, device="cpu").sample(20).x
    assert 0 < (close - model.sample(20).x).abs().max() < 0.01
    next(present(model.module.critic).parameters()).data.fill_(1e6)
    with pytest.raises(GanLabError, match="has values that half precision does not hold"):
        model.save(tmp_path / "large", half=True)
    assert not (tmp_path / "large").exists()


def flipped(folder: Path) -> None:
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (folder / WEIGHTS).write_bytes(content)


def other_card(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Changes config.json, as anybody may."""

    def write(folder: Path) -> None:
        card = json.loads((folder / CARD).read_text())
        change(card)
        (folder / CARD).write_text(json.dumps(card))

    return write


def fewer_weights(folder: Path) -> None:
    """Another file of weights, whose hash the card states."""
    tensors = load_file(folder / WEIGHTS)
    tensors.pop(next(name for name in tensors if name.startswith("critic.")))
    save_file(tensors, folder / WEIGHTS)
    with_hash(folder)


def no_weights(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"\xff" * 100)
    with_hash(folder)


def with_hash(folder: Path) -> None:
    digest = sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    other_card(lambda card: card.update(sha256=digest))(folder)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (flipped, "is damaged, or not of the config.json beside it"),
        (fewer_weights, "the weights in .* do not fit its configuration"),
        (no_weights, "is damaged or no file of weights"),
        (lambda folder: (folder / CARD).write_text("{"), "holds no model of gan_lab: config.json is damaged"),
        (lambda folder: (folder / CARD).write_text("[1]"), "config.json does not hold a mapping"),
        (other_card(lambda card: card.pop("config")), "is not a checkpoint of gan_lab: it lacks its config"),
        (other_card(lambda card: card["config"].pop("seed")), "is incomplete: it lacks its seed"),
        (other_card(lambda card: card["counters"].update(generator_steps=-1)), "which counts nothing"),
        (
            other_card(lambda card: card["config"]["model"]["loss"].update(_target_="os.system")),
            r"_target_ is os\.system, which no yaml of conf/ names",
        ),
    ],
)
def test_what_anybody_may_have_changed_is_refused(
    run: Path, tmp_path: Path, harm: Callable[[Path], object], sentence: str
) -> None:
    folder = gan_lab.load(run, device="cpu").save(tmp_path / "saved")
    harm(folder)
    with pytest.raises(GanLabError, match=sentence):
        gan_lab.load(folder, device="cpu")


def test_a_pipe_is_no_model(run: Path, tmp_path: Path) -> None:
    folder = gan_lab.load(run, device="cpu").save(tmp_path / "saved")
    (folder / CARD).unlink()
    os.mkfifo(folder / CARD)
    with pytest.raises(GanLabError, match="there is no checkpoint at"):
        gan_lab.load(folder, device="cpu")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of gan_lab/weights."""
    monkeypatch.setattr(saved_folder, "SHIPPED", tmp_path / "shelf")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "shelf"


def test_a_model_comes_with_gan_lab_under_its_name(run: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ship_model.ship(str(run), "tiny_digits") == shelf / "tiny_digits"
    model = gan_lab.load("tiny_digits", device="cpu")
    assert torch.equal(model.sample(4).x, gan_lab.load(run, device="cpu").sample(4).x)
    monkeypatch.setenv("GAN_LAB_CACHE", str(shelf.parent / "cache"))
    model.sample(4, sampler="sir")
    assert sorted(path.name for path in (shelf / "tiny_digits").iterdir()) == [CARD, WEIGHTS], "it is only read"
    assert [*(shelf.parent / "cache" / "prepared").iterdir()]
    with pytest.raises(GanLabError, match=r"no model of gan_lab has this name \(these come with it: tiny_digits\)"):
        gan_lab.load("nothing")
    (shelf.parent / "tiny_digits").mkdir()
    with pytest.raises(GanLabError, match=r"there is no checkpoint at .*/tiny_digits/checkpoints/best.ckpt"):
        find_checkpoint("tiny_digits", "best")  # what lies here goes before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("Tiny", "must begin with a small letter"), ("../up", "must begin"), ("taken", "is there, and somebody may have")],
)
def test_other_names_are_refused(run: Path, shelf: Path, name: str, sentence: str) -> None:
    ship_model.ship(str(run), "taken")
    with pytest.raises(GanLabError, match=sentence):
        ship_model.ship(str(run), name)
    assert [path.name for path in shelf.iterdir()] == ["taken"]


def test_a_better_model_takes_the_place_of_the_one_before(run: Path, shelf: Path) -> None:
    ship_model.ship(str(run), "taken", half=True)
    before = (shelf / "taken" / WEIGHTS).stat().st_size
    ship_model.ship(str(run), "taken", replace=True)
    assert (shelf / "taken" / WEIGHTS).stat().st_size > 1.5 * before
    assert [path.name for path in shelf.iterdir()] == ["taken"]


def test_a_large_model_does_not_come_with_it(run: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ship_model, "MOST", 1000)
    with pytest.raises(GanLabError, match=r"bytes, and a model has at most 1,000: try --half"):
        ship_model.ship(str(run), "tiny")
    with pytest.raises(GanLabError, match="at most 1,000: choose smaller networks"):
        ship_model.ship(str(run), "tiny", half=True)
    assert [*shelf.iterdir()] == []


@pytest.mark.slow
def test_commands_open_a_saved_folder_of_a_training(tmp_path: Path) -> None:
    """From the command's run to the command's samples, and to those of the saved folder, without naming the data."""
    quick = (
        "metric=pixels",
        "callbacks.evaluation.n=50",
        "~callbacks.figures",
        "~callbacks.report",
        "generator_steps=2",
    )
    command("model=gan", "data=digits", *SMALL, *quick, "hydra.run.dir=run", cwd=tmp_path)
    gan_lab.load(tmp_path / "run", device="cpu").save(tmp_path / "saved")
    answers = many(
        [
            ["sample", "run", "n=3", "out=one", "format=npz", "device=cpu"],
            ["sample", "saved", "n=3", "out=other", "format=npz", "device=cpu"],
            ["evaluate", "saved", "n=50", "metric=pixels", "device=cpu"],
            ["sample", "nothing", "n=3"],
        ],
        tmp_path,
        apart=False,
    )
    assert [answer["status"] for answer in answers] == [0, 0, 0, 1], answers
    assert "no model of gan_lab has this name" in answers[-1]["said"]
    with np.load(tmp_path / "one" / "samples.npz") as one, np.load(tmp_path / "other" / "samples.npz") as other:
        assert all(np.array_equal(one[key], other[key]) for key in one)
