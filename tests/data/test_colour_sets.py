"""CIFAR-10, SVHN and CelebA, read by torchvision from small archives that the tests make.

torchvision reads no file whose md5 is not that of the published one. So the tests state the md5 of their own files, in
subclasses of torchvision's classes; all else, the integrity checks among it, is torchvision's.
"""

import hashlib
import http.server
import pickle
import tarfile
import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
import torch
from PIL import Image
from torchvision import datasets

from gan_lab.build import build
from gan_lab.data import celeba, colour_set
from gan_lab.data.base import DataModule, Samples
from gan_lab.errors import GanLabError
from gan_lab.trust.places import PUBLISHED, missing_files
from tests.fixtures import Compose
from tests.present import present

Arrays = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


def made(composed: Compose, name: str, root: Path, *more: str) -> DataModule:
    data: DataModule = build(composed(f"data={name}", f"data.root='{root}'", *more)["data"], "data")
    data.prepare_data()
    data.setup()
    return data


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


def drawn(n: int, first: int) -> Arrays:
    """n images [n, 3, 32, 32], whose first value is their number, and labels: their numbers modulo 10."""
    numbers = np.arange(first, first + n)
    images = np.random.default_rng(first).integers(256, size=(n, 3, 32, 32), dtype=np.uint8)
    images[:, 0, 0, 0] = numbers
    return images, numbers % 10


def numbers(samples: Samples) -> list[int]:
    return samples.values[:, 0, 0, 0].tolist()


@pytest.fixture
def cifar10_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five files of ten training images and one of ten test images, as Krizhevsky pickled them, and their archive."""
    folder = tmp_path / "data" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for index, name in enumerate((*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")):
        images, labels = drawn(10, 10 * index)
        entry = {"data": images.reshape(10, -1), "labels": labels.tolist(), "batch_label": name}
        (folder / name).write_bytes(pickle.dumps(entry, protocol=2))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": [*"abcdefghij"]}, protocol=2))
    archive = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, folder.name)

    class Small(datasets.CIFAR10):
        url = "http://127.0.0.1:9/cifar-10-python.tar.gz"
        tgz_md5 = md5(archive)
        train_list = [[f"data_batch_{i}", md5(folder / f"data_batch_{i}")] for i in range(1, 6)]  # noqa: RUF012
        test_list = [["test_batch", md5(folder / "test_batch")]]  # noqa: RUF012
        meta = {**datasets.CIFAR10.meta, "md5": md5(folder / "batches.meta")}  # noqa: RUF012

    monkeypatch.setitem(colour_set.SOURCES, "CIFAR10", Small)
    return folder.parent


@pytest.fixture
def svhn_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """50 training and 10 test images in MATLAB's form, where the label of the digit 0 is 10."""
    lists = {}
    for part, n, first in (("train", 50, 0), ("test", 10, 50)):
        images, labels = drawn(n, first)
        path = tmp_path / f"{part}_32x32.mat"
        scipy.io.savemat(
            path, {"X": images.transpose(2, 3, 1, 0), "y": np.where(labels == 0, 10, labels)[:, None].astype(np.uint8)}
        )
        lists[part] = ["http://127.0.0.1:9/", path.name, md5(path)]

    class Small(datasets.SVHN):
        split_list = lists

    monkeypatch.setitem(colour_set.SOURCES, "SVHN", Small)
    return tmp_path


SMALL = ("data.validation_size=10",)


@pytest.mark.parametrize("name", ["cifar10", "svhn"])
def test_pixels_and_labels_are_those_in_the_files(composed: Compose, request: pytest.FixtureRequest, name: str) -> None:
    root = request.getfixturevalue(f"{name}_files")
    data = made(composed, name, root, *SMALL)
    whole = np.concatenate([drawn(10, 10 * i)[0] for i in range(5)]) if name == "cifar10" else drawn(50, 0)[0]
    everything = torch.from_numpy(np.concatenate([whole, drawn(10, 50)[0]]))
    assert [len(part) for part in (data.train, data.validation, data.test)] == [40, 10, 10]
    for part in (data.train, data.validation, data.test):
        assert torch.equal(part.values, everything[numbers(part)])
        assert present(part.labels).tolist() == [number % 10 for number in numbers(part)]
    assert sorted(numbers(data.train) + numbers(data.validation)) == [*range(50)]
    assert numbers(data.train) + numbers(data.validation) != [*range(50)]
    assert sorted(numbers(data.test)) == [*range(50, 60)]


@pytest.mark.parametrize("name", ["cifar10", "svhn"])
def test_a_smaller_training_part_and_sizes_that_cannot_be(
    composed: Compose, request: pytest.FixtureRequest, name: str
) -> None:
    root = request.getfixturevalue(f"{name}_files")
    whole, some = made(composed, name, root, *SMALL), made(composed, name, root, *SMALL, "data.train_size=7")
    assert numbers(some.train) == numbers(whole.train)[:7]
    assert numbers(some.validation) == numbers(whole.validation)
    for wrong, sentence in (
        ("data.train_size=41", "more than the 40 images"),
        ("data.validation_size=50", "less than the 50"),
    ):
        with pytest.raises(GanLabError, match=sentence):
            made(composed, name, root, *SMALL, wrong)


class Harmful:
    """A pickle of it makes a file as soon as it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_a_pickle_of_somebody_else_is_not_read(composed: Compose, cifar10_files: Path) -> None:
    made(composed, "cifar10", cifar10_files, *SMALL)
    (cifar10_files / "cifar-10-batches-py" / "data_batch_3").write_bytes(pickle.dumps(Harmful(cifar10_files / "harm")))
    with pytest.raises(
        GanLabError, match=r"CIFAR10 in .* cannot be read \(data_batch_3 is not as published, by the md5"
    ):
        made(composed, "cifar10", cifar10_files, *SMALL)
    assert not (cifar10_files / "harm").exists()


def test_a_cut_file_is_named(composed: Compose, svhn_files: Path) -> None:
    path = svhn_files / "test_32x32.mat"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(GanLabError, match=r"\(test_32x32\.mat is not as published"):
        made(composed, "svhn", svhn_files, *SMALL)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server of the files in tmp_path."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_what_is_missing_is_downloaded(
    composed: Compose, cifar10_files: Path, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a machine without a proxy, whatever the environment of the test says.
    monkeypatch.setattr(urllib.request, "_opener", urllib.request.build_opener(urllib.request.ProxyHandler({})))
    monkeypatch.setattr(colour_set.SOURCES["CIFAR10"], "url", f"{server}/cifar-10-python.tar.gz")
    there = made(composed, "cifar10", cifar10_files, *SMALL)
    fetched = made(composed, "cifar10", tmp_path / "empty", *SMALL)
    assert torch.equal(fetched.train.values, there.train.values)
    assert missing_files(tmp_path / "empty", "CIFAR10") == []


@pytest.mark.parametrize("name", ["cifar10", "svhn", "celeba"])
def test_without_files_and_network_one_sentence_names_the_files(
    composed: Compose, request: pytest.FixtureRequest, name: str, tmp_path: Path
) -> None:
    request.getfixturevalue(f"{name}_files")  # whose servers nobody runs
    source = {"cifar10": "CIFAR10", "svhn": "SVHN", "celeba": "CelebA"}[name]
    with pytest.raises(
        GanLabError, match=r"could not be downloaded .* or use data=patches, which needs none$"
    ) as caught:
        made(composed, name, tmp_path / "empty")
    sentence = str(caught.value)
    assert all(file in sentence for file in PUBLISHED[source][1])
    assert f"{tmp_path}/empty" in sentence
    assert "\n" not in sentence


@pytest.fixture
def celeba_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve photographs of 178 x 218 pixels in CelebA's form: four for each part, red from 10 to 120 in their middle,
    and white above and below what a square of it has."""
    folder = tmp_path / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    names = [f"{number:06d}.jpg" for number in range(1, 13)]
    for number, name in enumerate(names, start=1):
        picture = np.full((218, 178, 3), 255, np.uint8)
        picture[20:198] = (10 * number, 40, 60)
        Image.fromarray(picture).save(folder / "img_align_celeba" / name, quality=100, subsampling=0)
    lines = {
        "list_eval_partition.txt": ([], ["0", "1", "2"]),
        "identity_CelebA.txt": ([], ["7"]),
        "list_attr_celeba.txt": (["12", "Smiling Male"], ["1 -1"]),
        "list_bbox_celeba.txt": (["12", "image_id x_1 y_1 width height"], ["1 2 3 4"]),
        "list_landmarks_align_celeba.txt": (["12", "lefteye_x lefteye_y"], ["69 109"]),
    }
    for file, (head, values) in lines.items():
        rows = [f"{name} {values[index * len(values) // 12]}" for index, name in enumerate(names)]
        (folder / file).write_text("\n".join([*head, *rows]) + "\n")

    class Small(datasets.CelebA):
        file_list = [  # noqa: RUF012
            (identity, md5(folder / name) if name.endswith(".txt") else "", name)
            for identity, _, name in datasets.CelebA.file_list
        ]

    monkeypatch.setattr(celeba, "FACES", Small)
    return tmp_path


FEW = ("data.validation_size=2", "data.test_size=3", "data.image_size=32")


def test_faces_are_cut_resized_and_in_their_official_parts(composed: Compose, celeba_files: Path) -> None:
    data = made(composed, "celeba", celeba_files, *FEW)
    assert data.shape == (3, 32, 32)
    reds = [
        part.values[:, 0, 16, 16].float().div(10).round().int().tolist()
        for part in (data.train, data.validation, data.test)
    ]
    assert sorted(reds[0]) == [1, 2, 3, 4]
    assert reds[0] != [1, 2, 3, 4]
    assert len(reds[1]) == len({*reds[1]} & {5, 6, 7, 8}) == 2
    assert len(reds[2]) == len({*reds[2]} & {9, 10, 11, 12}) == 3
    assert data.train.labels is None
    # The rows that the square lost are white, and the filter reaches a little beyond the cut.
    assert (data.train.values[:, 1, 2:-2] - 40.0).abs().max() < 12
    assert data.prepared == "cut to the middle 178 x 178, resized to 32 x 32, bicubic and antialiased"
    assert len(made(composed, "celeba", celeba_files, *FEW, "data.train_size=2").train) == 2


def test_more_faces_than_there_are_and_other_lists_are_refused(composed: Compose, celeba_files: Path) -> None:
    with pytest.raises(GanLabError, match=r"data\.train_size=5 is more than the 4 train images that there are"):
        made(composed, "celeba", celeba_files, *FEW, "data.train_size=5")
    path = celeba_files / "celeba" / "identity_CelebA.txt"
    path.write_text(path.read_text().replace("7", "8"))
    with pytest.raises(GanLabError, match=r"the lists of CelebA in .* have another md5"):
        made(composed, "celeba", celeba_files, *FEW)


def test_a_photograph_that_is_missing_or_torn_is_named(composed: Compose, celeba_files: Path) -> None:
    path = celeba_files / "celeba" / "img_align_celeba" / "000003.jpg"
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(GanLabError, match=r"000003\.jpg cannot be read"):
        made(composed, "celeba", celeba_files, *FEW)
    path.unlink()
    with pytest.raises(GanLabError, match=r"000003\.jpg cannot be read"):
        made(composed, "celeba", celeba_files, *FEW)
