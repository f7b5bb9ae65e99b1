"""Files that are damaged, foreign or hostile, for every kind of file that is read."""

import copy
import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
import yaml
from lightning import Callback
from PIL import Image

from gan_lab.build import build
from gan_lab.checks.measured import Trained
from gan_lab.cli.dataset import with_dataset
from gan_lab.compare.find import find
from gan_lab.config.plain_values import plain
from gan_lab.data.base import DataModule
from gan_lab.data.folder import Folder
from gan_lab.errors import GanLabError
from gan_lab.evaluate.image_files import read_images
from gan_lab.metric.extractor.trained import TrainedFeatures
from gan_lab.metric.extractor.trained_files import SHIPPED
from gan_lab.model.base import AdversarialModule
from gan_lab.runs.cache import TensorCache
from gan_lab.runs.jobs import read_jobs
from gan_lab.runs.resume import saved_config
from gan_lab.runs.state import state
from gan_lab.sweep.search_record import open_study
from gan_lab.sweep.search_sweep import SearchSweep
from gan_lab.trained_model import TrainedModel
from tests.bad_inputs.outcome import Outcome, outcome

EACH = 16
VALUES: tuple[Any, ...] = (
    *(None, True, -3, 10**30, float("nan"), "", "x", "../../x", "${oc.env:HOME}", [], [[1]], {}, {"a": 1}),
    {"_target_": "os.system", "command": "true"},
)
CPU = torch.device("cpu")


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place below a nested mapping."""
    for key, value in node.items() if isinstance(node, dict) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(whole: dict[str, Any], random: Random) -> tuple[dict[str, Any], str]:
    """A copy with one value replaced or one key removed, and what was done."""
    result = copy.deepcopy(whole)
    path = random.choice([*places(whole)])
    node = result
    for key in path[:-1]:
        node = node[key]
    if random.random() < 0.3:
        del node[path[-1]]
        return result, f"without {'.'.join(map(str, path))}"
    node[path[-1]] = random.choice(VALUES)
    return result, f"{'.'.join(map(str, path))}={node[path[-1]]!r}"


def damaged(content: bytes, random: Random) -> tuple[bytes, str]:
    """Bytes that were cut off, flipped or replaced."""
    place = random.randrange(max(1, len(content)))
    flipped = bytes([content[place] ^ 255]) if content else b"x"
    ways = (
        (content[:place], f"cut off at {place}"),
        (content[:place] + flipped + content[place + 1 :], f"flipped at {place}"),
        (random.randbytes(50), "50 random bytes"),
        (b"", "empty"),
        (b"\xff\xfe\x00text", "no text"),
    )
    return random.choice(ways)


def of_files(random: Random, run: Path, sweep: Path, folder: Path) -> Iterator[Outcome]:
    """All kinds of files. `run` and `sweep` are folders of a finished run and of a search; `folder` is for copies."""
    for number in range(EACH):
        yield from of_run(random, run, folder / f"run{number}")
        yield from of_sweep(random, sweep, folder / f"sweep{number}")
        yield from of_images(random, folder / f"images{number}")
        yield from of_tensors(random, folder / f"tensors{number}")


def of_run(random: Random, run: Path, copy_of_run: Path) -> Iterator[Outcome]:
    """The files of a run folder: its configuration, checkpoints, summary and measures."""
    shutil.copytree(run, copy_of_run)
    config = yaml.safe_load((run / "config.yaml").read_text())
    wrong, what = changed(config, random)
    text = yaml.safe_dump(wrong).encode()
    if random.random() < 0.3:
        text, what = damaged(text, random)
    (copy_of_run / "config.yaml").write_bytes(text)
    yield tried("config.yaml resumed", what, lambda: resumed(copy_of_run))
    yield tried("config.yaml opened", what, lambda: opened(copy_of_run))
    yield tried("config.yaml compared", what, lambda: find([copy_of_run]))
    (copy_of_run / "config.yaml").write_text(yaml.safe_dump(config))

    path = copy_of_run / "checkpoints" / "last.ckpt"
    saved = torch.load(path, weights_only=True)
    if random.random() < 0.7:
        part = random.choice(["config", "config", "config", "counters", "whole"])
        whole, what = changed(saved[part] if part != "whole" else {k: saved[k] for k in saved}, random)
        torch.save(saved | {part: whole} if part != "whole" else whole, path)
    else:
        content, what = damaged(path.read_bytes(), random)
        path.write_bytes(content)
    yield tried("checkpoint", what, lambda: TrainedModel.open(str(path), "last", CPU))

    summary, what = changed(json.loads((run / "summary.json").read_text()), random)
    (copy_of_run / "summary.json").write_text(json.dumps(summary))
    yield tried("summary.json", what, lambda: (find([copy_of_run]), state(copy_of_run)))
    content, what = damaged((run / "metrics.csv").read_bytes(), random)
    (copy_of_run / "metrics.csv").write_bytes(content)
    yield tried("metrics.csv", what, lambda: find([copy_of_run]))


def resumed(run: Path) -> None:
    config: Any = plain(saved_config(run, ["generator_steps=4"]))
    build(config["model"], "model", AdversarialModule)
    build(config["data"], "data", DataModule)
    for name, callback in config["callbacks"].items():
        build(callback, f"callbacks.{name}", Callback)


def opened(run: Path) -> None:
    with_dataset([f"checkpoint={run}"])
    Trained.at(str(run))


def of_sweep(random: Random, sweep: Path, copy_of_sweep: Path) -> Iterator[Outcome]:
    """The record of a sweep and the journal of a search."""
    shutil.copytree(sweep, copy_of_sweep, ignore=shutil.ignore_patterns("checkpoints", "samples", "figures"))
    record, what = changed(json.loads((sweep / "sweep.json").read_text()), random)
    (copy_of_sweep / "sweep.json").write_text(json.dumps(record))
    yield tried("sweep.json", what, lambda: read_jobs(copy_of_sweep))
    lines = (sweep / "study.journal").read_text().splitlines()
    place = random.randrange(len(lines))
    entry, what = changed(json.loads(lines[place]), random)
    lines[place] = json.dumps(entry) if random.random() < 0.7 else lines[place][: len(lines[place]) // 2]
    (copy_of_sweep / "study.journal").write_text("\n".join(lines) + random.choice(["\n", ""]))
    yield tried("study.journal", what, lambda: continued(copy_of_sweep))


def continued(sweep: Path) -> None:
    search = SearchSweep(params={}, max_batch_size=None, n_trials=2, seed=1, sampler=lambda seed: None)
    search.space = {}
    search.unfinished(open_study(sweep))


def of_images(random: Random, folder: Path) -> Iterator[Outcome]:
    """Folders of images, and arrays."""
    folder.mkdir()
    for number in range(8):
        Image.new(random.choice(["L", "RGB", "RGBA", "P", "1", "I;16"]), (9, 7)).save(folder / f"{number}.png")
    content, what = damaged((folder / "0.png").read_bytes(), random)
    (folder / "0.png").write_bytes(content)
    (folder / "1.png").unlink()
    random.choice([lambda p: p.symlink_to(folder), lambda p: p.mkdir(), lambda p: p.symlink_to("/dev/zero")])(
        folder / "1.png"
    )
    yield tried("image folder to train on", what, lambda: loaded(folder))
    yield tried("image folder to measure", what, lambda: read_images(folder, (1, 7, 9)))
    kinds: list[tuple[str, Callable[[], bytes]]] = [
        ("x.npy", lambda: array_bytes(random)),
        ("x-ubyte", lambda: damaged(bytes([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 9]) + bytes(252), random)[0]),
        ("x-ubyte.gz", lambda: damaged(gzip.compress(bytes(300)), random)[0]),
    ]
    name, make = random.choice(kinds)
    path = folder.with_name(f"{folder.name}-{name}")
    path.write_bytes(make())
    yield tried("array", name, lambda: read_images(path, (1, 7, 9)))


def loaded(folder: Path) -> None:
    parts: dict[str, Any] = {"root": str(folder), "image_size": 8, "channels": 1, "shape": (1, 8, 8), "num_classes": 0}
    data = Folder(**parts, validation_fraction=0.3, test_fraction=0.3, batch_size=None, seed=0, split_seed=0)
    data.setup()


def array_bytes(random: Random) -> bytes:
    """A .npy of a wrong kind."""
    shapes = ((4, 7, 9), (4, 9, 7), (0, 7, 9), (4,), (), (4, 7, 9, 5))
    kinds = ("uint8", "float32", "float64", "complex64", "int64", "U3", "bool", "datetime64[s]")
    array = np.zeros(random.choice(shapes), random.choice(kinds))
    if array.dtype.kind == "f" and array.size:
        array.flat[0] = random.choice([np.nan, np.inf, 1e30, -5])
    file = BytesIO()
    np.save(file, array)
    return damaged(file.getvalue(), random)[0] if random.random() < 0.3 else file.getvalue()


def of_tensors(random: Random, folder: Path) -> Iterator[Outcome]:
    """Extractors and caches. A cache computes again what it cannot read, so that it accepts everything."""
    folder.mkdir()
    content, what = damaged((SHIPPED / "mnistcnn-v1.safetensors").read_bytes(), random)
    (folder / "own.safetensors").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest() if random.random() < 0.8 else "0" * 64
    yield tried("extractor", what, lambda: TrainedFeatures(name="own", sha256=digest, folder=str(folder)))
    cache = TensorCache(folder / "cache")
    cache.get({"a": 1}, lambda: {"x": torch.ones(3)})
    (file,) = (folder / "cache").iterdir()
    content, what = damaged(file.read_bytes(), random)
    file.write_bytes(content)

    def same() -> None:
        if not torch.equal(cache.get({"a": 1}, lambda: {"x": torch.ones(3)})["x"], torch.ones(3)):
            raise AssertionError("the cache gave back something else")

    yield tried("cache", what, same)


def tried(place: str, what: str, action: Callable[[], object]) -> Outcome:
    def explain(error: Exception) -> str:
        raise GanLabError(str(error)) from error

    return outcome(place, what, action, explain)
