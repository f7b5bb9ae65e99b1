import struct
from pathlib import Path

import pytest
import torch

from gan_lab.build import build
from gan_lab.data.base import Samples
from gan_lab.data.mnist import MNIST
from gan_lab.data.stacked_mnist import StackedMNIST
from gan_lab.types import GanLabError
from tests.fixtures import Compose
from tests.present import present

WEIGHTS = torch.tensor([100, 10, 1])


def stacked(root: Path, split_seed: int = 0, num_classes: int = 1000, **sizes: int) -> StackedMNIST:
    options = {"validation_size": 10, "train_images": 300, "validation_images": 200, "test_images": 100} | sizes
    return StackedMNIST(
        root=str(root),
        shape=(3, 28, 28),
        num_classes=num_classes,
        batch_size=8,
        seed=1,
        split_seed=split_seed,
        **options,
    )


def loaded(data: StackedMNIST) -> StackedMNIST:
    data.prepare_data()
    data.setup()
    return data


def write_idx(path: Path, values: torch.Tensor) -> None:
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    path.write_bytes(head + values.to(torch.uint8).numpy().tobytes())


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """60 training and 20 test digits: all pixels of one are its number, from 0 and from 100; labels its last digit."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for prefix, numbers in (("train", torch.arange(60)), ("t10k", torch.arange(100, 120))):
        write_idx(raw / f"{prefix}-images-idx3-ubyte", numbers.view(-1, 1, 1).expand(-1, 28, 28))
        write_idx(raw / f"{prefix}-labels-idx1-ubyte", numbers % 10)
    return tmp_path


def numbers(samples: Samples) -> torch.Tensor:
    """[n, 3]: which digit is in which channel."""
    values = samples.values.flatten(2).long()
    assert (values == values[..., :1]).all()
    return values[..., 0]


def parts(data: StackedMNIST) -> tuple[Samples, Samples, Samples]:
    return data.train, data.validation, data.test


def test_each_part_is_stacked_from_the_digits_of_that_part(small: Path) -> None:
    data = loaded(stacked(small))
    single = MNIST(
        source="MNIST",
        root=str(small),
        validation_size=10,
        shape=(1, 28, 28),
        num_classes=10,
        batch_size=8,
        seed=1,
        split_seed=0,
    )
    single.setup()
    for part, n in (("train", 300), ("validation", 200), ("test", 100)):
        mine = getattr(data, part)
        assert mine.values.shape == (n, 3, 28, 28)
        assert mine.values.dtype == torch.uint8
        # 600 draws of 50, 600 of 10 and 300 of 20 leave none out, but for a chance of 3e-4.
        assert numbers(mine).unique().tolist() == sorted(getattr(single, part).values[:, 0, 0, 0].tolist())


def test_the_label_is_the_number_that_red_green_and_blue_spell(small: Path) -> None:
    for samples in parts(loaded(stacked(small))):
        assert torch.equal(present(samples.labels), (numbers(samples) % 10 * WEIGHTS).sum(1))


def test_channels_and_images_are_drawn_independently(small: Path) -> None:
    drawn = numbers(loaded(stacked(small, train_images=20_000)).train).double()
    # Correlations of independent draws have a standard deviation of 0.007.
    assert (torch.corrcoef(drawn.T) - torch.eye(3)).abs().max() < 0.035
    assert torch.corrcoef(torch.stack([drawn[1:].flatten(), drawn[:-1].flatten()]))[0, 1].abs() < 0.02


def test_the_split_seed_alone_decides_what_is_stacked(small: Path) -> None:
    one = loaded(stacked(small))
    torch.rand(1)
    before = torch.get_rng_state()
    two, other = loaded(stacked(small)), loaded(stacked(small, split_seed=1))
    assert torch.equal(torch.get_rng_state(), before)
    for a, b, c in zip(parts(one), parts(two), parts(other), strict=True):
        assert torch.equal(a.values, b.values)
        assert torch.equal(present(a.labels), present(b.labels))
        assert not torch.equal(present(a.labels), present(c.labels))
    assert not torch.equal(present(one.train.labels)[:100], present(one.validation.labels)[:100])


def test_zero_classes_drop_the_labels(small: Path) -> None:
    assert loaded(stacked(small, num_classes=0)).train.labels is None


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_a_part_without_images_is_refused(small: Path, part: str) -> None:
    with pytest.raises(GanLabError, match=f"StackedMNIST.{part}_images is 0 and must be a whole number of 1 or more"):
        stacked(small, **{f"{part}_images": 0})


def test_mnist_says_what_it_lacks(small: Path) -> None:
    with pytest.raises(GanLabError, match=r"data.validation_size=60 .* 60 training images"):
        loaded(stacked(small, validation_size=60))
    (small / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(GanLabError, match="t10k-labels-idx1-ubyte of MNIST are not in"):
        stacked(small).setup()


@pytest.mark.mnist
def test_the_config_gives_a_thousand_modes(composed: Compose, mnist_root: Path) -> None:
    data = build(composed("data=stacked_mnist", "metric=random", f"data.root='{mnist_root}'")["data"], "data")
    data.prepare_data()
    data.setup()
    assert [len(part) for part in parts(data)] == [128_000, 26_000, 26_000]
    # The digits of the test part: MNIST's own counts.
    p = torch.tensor([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], dtype=torch.float64) / 10_000
    modes = (p[:, None, None] * p[:, None] * p).flatten()
    q = data.test.labels.bincount(minlength=1000) / 26_000
    assert (q > 0).all()
    # 2 n KL(q || modes) is chi-squared with 999 degrees of freedom; five standard deviations.
    sampling, spread = 999 / 52_000, (2 * 999) ** 0.5 / 52_000
    assert (q * (q / modes).log()).sum().item() == pytest.approx(sampling, abs=5 * spread)
    uneven = 3 * (p * (10 * p).log()).sum().item()
    assert uneven == pytest.approx(0.005, abs=0.001)
    assert (q * (1000 * q).log()).sum().item() == pytest.approx(sampling + uneven, abs=6 * spread)
