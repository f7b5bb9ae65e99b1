import pytest
import torch
from sklearn.datasets import load_digits

from gan_lab.data.digits import Digits, as_mnist
from tests.present import present


def digits(split_seed: int = 0) -> Digits:
    data = Digits(shape=(1, 28, 28), num_classes=10, batch_size=64, seed=1, split_seed=split_seed)
    data.prepare_data()
    data.setup()
    return data


@pytest.fixture(scope="module")
def data() -> Digits:
    return digits()


def rows(values: torch.Tensor) -> list[bytes]:
    return [value.numpy().tobytes() for value in values]


def test_the_parts_cover_all_digits_and_share_none(data: Digits) -> None:
    parts = [data.train, data.validation, data.test]
    assert [len(part) for part in parts] == [997, 400, 400]
    small = torch.from_numpy(load_digits().images).float()[:, None] / 16
    everything = [row for part in parts for row in rows(part.values)]
    assert sorted(everything) == sorted(rows(as_mnist(small)))
    assert len(set(everything)) == 1797


def test_the_digits_keep_their_labels(data: Digits) -> None:
    bunch = load_digits()
    label_of = dict(
        zip(rows(as_mnist(torch.from_numpy(bunch.images).float()[:, None] / 16)), bunch.target, strict=True)
    )
    for part in (data.train, data.validation, data.test):
        assert [label_of[row] for row in rows(part.values)] == present(part.labels).tolist()
        assert present(part.labels).bincount().min() > 0.07 * len(part)


def test_the_split_seed_decides_the_split(data: Digits) -> None:
    assert torch.equal(digits().test.values, data.test.values)
    assert not torch.equal(digits(split_seed=1).test.values, data.test.values)


def test_a_digit_stands_in_the_middle_of_a_black_square(data: Digits) -> None:
    values = data.train.values
    assert values.dtype == torch.uint8
    assert values.shape[1:] == (1, 28, 28)
    frame = torch.ones(28, 28, dtype=torch.bool)
    frame[3:-3, 3:-3] = False
    assert values[:, 0, frame].max() == 0
    centre = (values.float().mean(dim=(0, 1)) * torch.arange(28)).sum() / values.float().mean(dim=(0, 1)).sum()
    assert centre == pytest.approx(13.5, abs=0.5)


def test_black_and_white_are_as_common_as_in_mnist(data: Digits) -> None:
    # MNIST: 81% of pixels are 0 and 6% are 250 or more; plain bicubic enlargement gives 64% and 3%.
    values = data.train.values
    assert 0.7 < (values == 0).float().mean() < 0.85
    assert 0.05 < (values >= 250).float().mean() < 0.1


def test_scaling_keeps_flat_areas_and_left_and_right() -> None:
    small = torch.zeros(1, 1, 8, 8)
    small[..., :4] = 1
    large = as_mnist(small)[0, 0]
    assert (large[7:21, 7:11] == 255).all()
    assert (large[:, 17:] == 0).all()
    assert torch.equal(large, large.flip(0))
