import hashlib
import os
import socket
import struct
import time
from pathlib import Path
from typing import Literal, get_args

import pytest
import torch
from torchvision import datasets

from gan_lab.data import downloaded
from gan_lab.data.downloaded import answers_within, last_line
from gan_lab.data.mnist import MNIST
from gan_lab.data.samples import Samples
from gan_lab.types import GanLabError
from tests.present import present

Source = Literal["MNIST", "FashionMNIST", "KMNIST"]
SOURCES: tuple[Source, ...] = get_args(Source)
REAL = Path(os.environ.get("GAN_LAB_DATA", "data"))
real_mnist = [
    pytest.mark.mnist,
    pytest.mark.skipif(
        not (REAL / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file(),
        reason="no MNIST files under GAN_LAB_DATA",
    ),
]


def mnist(
    root: Path,
    source: Source = "MNIST",
    validation_size: int = 10,
    split_seed: int = 0,
    train_size: int | None = None,
) -> MNIST:
    return MNIST(
        source=source,
        root=str(root),
        validation_size=validation_size,
        shape=(1, 28, 28),
        num_classes=10,
        batch_size=8,
        seed=1,
        split_seed=split_seed,
        train_size=train_size,
    )


def loaded(data: MNIST) -> MNIST:
    data.prepare_data()
    data.setup()
    return data


def write_idx(path: Path, values: torch.Tensor) -> None:
    """MNIST's own format: two zeros, 8 for uint8, the number of axes, their lengths, the bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    path.write_bytes(head + values.to(torch.uint8).numpy().tobytes())


def write(root: Path, source: str) -> Path:
    """60 training and 20 test images; the first pixel of each is its number, from 0 and from 100."""
    raw = root / source / "raw"
    for prefix, n, first in (("train", 60, 0), ("t10k", 20, 100)):
        images = torch.randint(256, (n, 28, 28), generator=torch.Generator().manual_seed(n))
        images[:, 0, 0] = torch.arange(n) + first
        write_idx(raw / f"{prefix}-images-idx3-ubyte", images)
        write_idx(raw / f"{prefix}-labels-idx1-ubyte", torch.arange(n) % 10)
    return raw


def numbers(samples: Samples) -> list[int]:
    return samples.values[:, 0, 0, 0].tolist()


@pytest.mark.parametrize("source", SOURCES)
def test_small_files_are_split_into_disjoint_shuffled_parts(tmp_path: Path, source: Source) -> None:
    write(tmp_path, source)
    data = loaded(mnist(tmp_path, source))
    train, validation, test = map(numbers, (data.train, data.validation, data.test))
    assert (len(train), len(validation), len(test)) == (50, 10, 20)
    assert sorted(train + validation) == list(range(60))
    assert train + validation != list(range(60))
    assert sorted(test) == list(range(100, 120))
    assert test != list(range(100, 120))


@pytest.mark.parametrize("source", SOURCES)
def test_pixels_and_labels_are_those_that_torchvision_reads(tmp_path: Path, source: Source) -> None:
    write(tmp_path, source)
    data = loaded(mnist(tmp_path, source))
    for train, part, first in ((True, data.train, 0), (True, data.validation, 0), (False, data.test, 100)):
        reference = getattr(datasets, source)(tmp_path, train=train)
        original = torch.tensor(numbers(part)) - first
        assert torch.equal(part.values[:, 0], reference.data[original])
        assert torch.equal(present(part.labels), reference.targets[original])


def test_the_split_seed_decides_the_split(tmp_path: Path) -> None:
    write(tmp_path, "MNIST")
    one, two, other = (loaded(mnist(tmp_path, split_seed=seed)) for seed in (0, 0, 1))
    for part in ("train", "validation", "test"):
        assert numbers(getattr(one, part)) == numbers(getattr(two, part))
        assert numbers(getattr(one, part)) != numbers(getattr(other, part))


@pytest.mark.parametrize("size", [0, 60])
def test_refuses_a_validation_part_that_leaves_nothing(tmp_path: Path, size: int) -> None:
    write(tmp_path, "MNIST")
    with pytest.raises(
        GanLabError, match=r"validation_size is 0 and must be|data.validation_size=60 .* 60 training images"
    ):
        loaded(mnist(tmp_path, validation_size=size))


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
@pytest.mark.parametrize("kept", [0.0, 0.001, 0.5, 0.99])
def test_a_cut_file_is_named(tmp_path: Path, name: str, kept: float) -> None:
    path = write(tmp_path, "KMNIST") / name
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(GanLabError, match=f"{name} cannot be read .*data=digits"):
        loaded(mnist(tmp_path, "KMNIST"))


def test_other_bytes_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "MNIST") / "t10k-images-idx3-ubyte"
    path.write_bytes(b"<html>404 not found</html>")
    with pytest.raises(GanLabError, match="t10k-images-idx3-ubyte cannot be read"):
        loaded(mnist(tmp_path))


def test_images_and_labels_of_different_number_are_refused(tmp_path: Path) -> None:
    raw = write(tmp_path, "MNIST")
    write_idx(raw / "train-labels-idx1-ubyte", torch.zeros(59))
    with pytest.raises(GanLabError, match="60 images but 59 labels"):
        loaded(mnist(tmp_path))


def test_missing_files_say_where_they_were_looked_for(tmp_path: Path) -> None:
    (write(tmp_path, "MNIST") / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(GanLabError, match=f"t10k-labels-idx1-ubyte of MNIST .* {tmp_path}/MNIST/raw .*data=digits"):
        mnist(tmp_path).setup()


def test_a_download_that_fails_says_so_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing listens on port 9 of this machine: the same as no network, and the same everywhere.
    monkeypatch.setattr(datasets.KMNIST, "mirrors", ["http://127.0.0.1:9/", "http://localhost:9/"])
    start = time.monotonic()
    with pytest.raises(GanLabError) as caught:
        mnist(tmp_path, "KMNIST").prepare_data()
    assert time.monotonic() - start < 5
    sentence = str(caught.value)
    assert f"{tmp_path}/KMNIST/raw" in sentence
    assert "refused" in sentence
    assert "data=digits" in sentence
    assert "\n" not in sentence


def test_a_server_that_never_answers_does_not_hang_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloaded, "SECONDS_PER_ANSWER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(datasets.KMNIST, "mirrors", [f"http://127.0.0.1:{silent.getsockname()[1]}/"])
        with pytest.raises(GanLabError, match=r"could not be downloaded \(timed out\)"):
            mnist(tmp_path, "KMNIST").prepare_data()
    assert socket.getdefaulttimeout() is None


def test_a_limit_of_silence_holds_inside_its_block_alone() -> None:
    before = socket.getdefaulttimeout()
    with answers_within(0.5):
        assert socket.getdefaulttimeout() == 0.5
    assert socket.getdefaulttimeout() == before


def test_of_many_lines_the_last_one_says_what_went_wrong() -> None:
    assert last_line(ValueError("first\n  <second>  \n\n")) == "second"
    assert last_line(ValueError("")) == "ValueError"


def test_a_smaller_training_part_is_of_the_same_images_and_leaves_the_others_alone(tmp_path: Path) -> None:
    write(tmp_path, "MNIST")
    whole, some = loaded(mnist(tmp_path)), loaded(mnist(tmp_path, train_size=7))
    assert numbers(some.train) == numbers(whole.train)[:7]
    for part in ("validation", "test"):
        assert numbers(getattr(some, part)) == numbers(getattr(whole, part))
    assert len(loaded(mnist(tmp_path, train_size=50)).train) == 50
    with pytest.raises(GanLabError, match=r"data\.train_size=51 is more than the 50 images that are left"):
        loaded(mnist(tmp_path, train_size=51))


def test_the_smallest_and_the_largest_validation_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "MNIST")
    for size in (1, 59):
        data = loaded(mnist(tmp_path, validation_size=size))
        assert (len(data.train), len(data.validation)) == (60 - size, size)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert mnist(Path("~")).missing() == []
    assert mnist(Path("~")).raw == tmp_path / "MNIST" / "raw"
    assert len(mnist(tmp_path / "nowhere").missing()) == 4


@pytest.fixture(scope="module")
def real() -> MNIST:
    return loaded(mnist(REAL, validation_size=10_000))


class TestRealMNIST:
    pytestmark = real_mnist

    def test_the_files_are_mnist(self) -> None:
        raw = REAL / "MNIST" / "raw"
        md5 = {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in raw.glob("*-ubyte")}
        assert md5["train-images-idx3-ubyte"] == "6bbc9ace898e44ae57da46a324031adb"
        assert md5["t10k-images-idx3-ubyte"] == "2646ac647ad5339dbf082846283269ea"

    def test_the_parts_have_their_sizes_and_the_known_class_counts(self, real: MNIST) -> None:
        assert [len(part) for part in (real.train, real.validation, real.test)] == [50_000, 10_000, 10_000]
        official = torch.cat([present(real.train.labels), present(real.validation.labels)]).bincount().tolist()
        assert official == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
        test = present(real.test.labels).bincount().tolist()
        assert test == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]

    def test_the_pixels_have_the_known_mean_and_spread(self, real: MNIST) -> None:
        pixels = torch.cat([real.train.values, real.validation.values]).float() / 255
        assert pixels.mean().item() == pytest.approx(0.1307, abs=1e-4)
        assert pixels.std().item() == pytest.approx(0.3081, abs=1e-4)

    def test_validation_and_test_are_fair_samples(self, real: MNIST) -> None:
        for part in (real.validation, real.test):
            halves = [present(part.labels)[:5000].bincount(), present(part.labels)[5000:].bincount()]
            # Each of about 500 per class and half: five standard deviations of the difference are 150.
            assert (halves[0] - halves[1]).abs().max() < 150
        # In the order of the file the first half of test is easier: its digits are written with more ink.
        ink = real.test.values.float().mean(dim=(1, 2, 3))
        error = (2 * ink.var() / 5000) ** 0.5
        assert (ink[:5000].mean() - ink[5000:].mean()).abs() < 4 * error
