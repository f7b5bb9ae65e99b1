import pytest
import torch

from gan_lab.data.base import DataModule, Samples, shuffled
from gan_lab.images import to_uint8
from gan_lab.types import GanLabError
from tests.present import present


def colours(n: int = 12) -> Samples:
    values = torch.randint(256, (n, 3, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    return Samples(values, torch.arange(n) % 5)


class Given(DataModule):
    times = 0

    def load(self) -> tuple[Samples, Samples, Samples]:
        self.times += 1
        return colours(), colours(), colours()


def given(shape: tuple[int, ...] = (3, 4, 4), num_classes: int = 5) -> Given:
    return Given(shape=shape, num_classes=num_classes, batch_size=4, seed=0, split_seed=0)


def test_every_grey_value_returns_from_a_batch_as_it_went_in() -> None:
    every = Samples(torch.arange(256).to(torch.uint8).view(1, 1, 16, 16))
    images = every.batch(torch.tensor([0])).images
    assert images.min() == -1
    assert images.max() == 1
    assert torch.equal(to_uint8(images), every.values)


def test_a_batch_holds_the_samples_at_the_indices_in_their_order() -> None:
    samples = colours()
    batch = samples.batch(torch.tensor([7, 2, 7]))
    assert torch.equal(to_uint8(batch.images), samples.values[[7, 2, 7]])
    assert present(batch.labels).tolist() == [2, 2, 2]


def test_shuffling_is_a_permutation_that_only_the_key_decides() -> None:
    samples = Samples(torch.zeros(99, 1, 1, 1, dtype=torch.uint8), torch.arange(99))
    once = shuffled(samples, 0, "test").labels
    assert present(once).tolist() != list(range(99))
    assert sorted(present(once).tolist()) == list(range(99))
    assert torch.equal(present(shuffled(samples, 0, "test").labels), present(once))
    assert not torch.equal(present(shuffled(samples, 1, "test").labels), present(once))
    assert not torch.equal(present(shuffled(samples, 0, "train").labels), present(once))


def test_data_are_loaded_once() -> None:
    data = given()
    data.setup()
    train = data.train
    data.setup("fit")
    assert data.times == 1
    assert data.train is train


def test_zero_classes_drop_the_labels() -> None:
    data = given(num_classes=0)
    data.setup()
    assert data.train.labels is data.validation.labels is data.test.labels is None


def test_refuses_a_shape_that_the_networks_would_be_wrong_for() -> None:
    with pytest.raises(GanLabError, match=r"data.shape=\[1, 28, 28\] must be \[3, 4, 4\]"):
        given(shape=(1, 28, 28)).setup()


def test_refuses_labels_that_the_networks_have_no_class_for() -> None:
    with pytest.raises(GanLabError, match=r"data.num_classes=4 .* have 5 classes"):
        given(num_classes=4).setup()


def test_fewer_classes_than_the_networks_have_are_allowed_and_no_labels_are_not() -> None:
    data = given(num_classes=7)
    data.setup()
    assert data.train.labels is not None
    samples = Samples(colours().values)
    assert given(num_classes=0).checked(samples).labels is None
    with pytest.raises(GanLabError, match=r"data.num_classes=5 .* have 0 classes: 0 trains without labels"):
        given().checked(samples)


def test_a_subset_and_a_move_take_the_labels_along() -> None:
    samples = colours()
    some = samples.subset(slice(2, 9, 3))
    assert torch.equal(some.values, samples.values[[2, 5, 8]])
    assert present(some.labels).tolist() == [2, 0, 3]
    assert len(some) == 3
    moved = samples.to(torch.device("meta"))
    assert (moved.values.device.type, present(moved.labels).device.type) == ("meta", "meta")
    assert Samples(samples.values).to(torch.device("cpu")).labels is None
    assert Samples(samples.values).subset(slice(2)).labels is None
    assert Samples(samples.values).batch(torch.tensor([1])).labels is None


def test_points_are_no_pixels() -> None:
    points = torch.tensor([[3.0, 200.0], [-7.0, 0.5]])
    assert torch.equal(Samples(points).batch(torch.tensor([1, 0])).images, points[[1, 0]])


def test_training_needs_a_trainer_and_a_batch_stays_where_it_is() -> None:
    data = given()
    with pytest.raises(RuntimeError, match="needs a trainer"):
        data.train_dataloader()
    batch = colours().batch(torch.tensor([0]))
    assert data.transfer_batch_to_device(batch, torch.device("meta"), 0) is batch
