from itertools import chain
from pathlib import Path

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from gan_lab.data.base import DataModule, Samples
from gan_lab.data.stream import RoundStream
from gan_lab.types import Batch, GanLabError
from tests.present import present

CPU = torch.device("cpu")
N = 50


def numbered() -> Samples:
    """Image i is all of grey value i and labelled i."""
    numbers = torch.arange(N)
    return Samples(numbers.to(torch.uint8).view(N, 1, 1, 1).expand(N, 1, 2, 2).clone(), numbers)


def stream(first: int = 0, rank: int = 0, world_size: int = 1, seed: int = 3, size: int = 8, k: int = 3) -> RoundStream:
    return RoundStream(
        numbered(),
        batch_size=size,
        batches_per_round=k,
        seed=seed,
        first_round=lambda: first,
        device=CPU,
        rank=rank,
        world_size=world_size,
    )


def labels(rounds: list[list[Batch]]) -> list[list[int]]:
    return [present(batch.labels).tolist() for batches in rounds for batch in batches]


def take(n: int, rounds: RoundStream) -> list[list[Batch]]:
    return [batches for batches, _ in zip(rounds, range(n), strict=False)]


def test_every_image_is_seen_once_in_every_epoch() -> None:
    # 25 rounds of 3 batches of 8 are 12 epochs of 50: most borders of epochs fall inside a round.
    seen = torch.tensor(labels(take(25, stream()))).view(12, N)
    assert (seen.sort(dim=1).values == torch.arange(N)).all()
    assert len({tuple(epoch) for epoch in seen.tolist()}) == 12


def test_a_round_may_be_longer_than_an_epoch() -> None:
    seen = torch.tensor(labels(take(2, stream(size=40, k=5)))).view(8, N)
    assert (seen.sort(dim=1).values == torch.arange(N)).all()


def test_images_keep_their_labels_and_fill_the_round() -> None:
    for batches in take(5, stream()):
        assert [len(batch.images) for batch in batches] == [8, 8, 8]
        for batch in batches:
            grey = ((batch.images[:, 0, 0, 0] + 1) * 127.5).round().long()
            assert torch.equal(grey, present(batch.labels))


def test_the_order_depends_on_the_seed_alone() -> None:
    assert labels(take(9, stream())) == labels(take(9, stream()))
    assert labels(take(9, stream(seed=4))) != labels(take(9, stream()))


@pytest.mark.parametrize("world_size", [2, 4])
def test_the_ranks_slices_together_are_the_batch_of_one_process(world_size: int) -> None:
    whole = labels(take(20, stream()))
    shares = [labels(take(20, stream(rank=rank, world_size=world_size))) for rank in range(world_size)]
    assert [list(chain(*parts)) for parts in zip(*shares, strict=True)] == whole


@pytest.mark.parametrize("first", [1, 2, 7, 19])
def test_a_stream_that_starts_late_continues_an_uninterrupted_one(first: int) -> None:
    assert labels(take(5, stream(first))) == labels(take(first + 5, stream()))[first * 3 :]


@pytest.mark.parametrize("size", [0, N + 1])
def test_refuses_batches_that_the_training_set_cannot_fill(size: int) -> None:
    with pytest.raises(GanLabError, match=rf"data.batch_size={size} must be .* at most {N}"):
        stream(size=size)


def test_refuses_batches_that_the_ranks_cannot_share() -> None:
    with pytest.raises(GanLabError, match="multiple of their number, 3"):
        stream(world_size=3)


def test_points_without_labels_pass_unchanged() -> None:
    points = torch.randn(N, 2, generator=torch.Generator().manual_seed(0))
    rounds = RoundStream(Samples(points), batch_size=N, batches_per_round=1, seed=0, first_round=lambda: 0, device=CPU)
    (batch,) = rounds.round(0)
    assert batch.labels is None
    assert torch.equal(batch.images.sort(dim=0).values, points.sort(dim=0).values)


def test_the_largest_and_the_smallest_batch_of_one_process() -> None:
    for size in (1, N):
        rounds = RoundStream(
            numbered(), batch_size=size, batches_per_round=2, seed=0, first_round=lambda: 0, device=CPU
        )
        assert [len(batch.images) for batch in next(iter(rounds))] == [size, size]


def test_positions_may_be_asked_for_in_any_order() -> None:
    rounds = stream()
    late = rounds.at_positions(3 * N - 5, 3 * N + 5)
    early = rounds.at_positions(0, 2 * N)
    assert torch.equal(early.view(2, N).sort(1).values, torch.arange(N).expand(2, N))
    assert torch.equal(rounds.at_positions(3 * N - 5, 3 * N + 5), late)
    assert torch.equal(rounds.at_positions(N, N + 3), early[N : N + 3])
    assert torch.equal(rounds.at_positions(N - 3, N), early[N - 3 : N])


class Numbered(DataModule):
    def load(self) -> tuple[Samples, Samples, Samples]:
        return numbered(), numbered(), numbered()


class Witness(LightningModule):
    """Remembers what Lightning hands to it, and where it is."""

    batches_per_round = 3

    def __init__(self, length: int) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.weight = torch.nn.Parameter(torch.zeros(()))
        self.length = length
        self.rounds = 0
        self.seen: list[list[Batch]] = []

    def training_step(self, batches: list[Batch], batch_idx: int) -> None:
        self.seen.append(batches)
        self.rounds += 1
        self.trainer.should_stop = self.rounds >= self.length

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)

    def on_save_checkpoint(self, checkpoint: dict) -> None:
        checkpoint["rounds"] = self.rounds

    def on_load_checkpoint(self, checkpoint: dict) -> None:
        self.rounds = checkpoint["rounds"]


class SavesAt(Callback):
    def __init__(self, rounds: int, path: Path) -> None:
        self.rounds, self.path = rounds, path

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, *_: object) -> None:
        assert isinstance(pl_module, Witness)
        if pl_module.rounds == self.rounds:
            trainer.save_checkpoint(self.path)


def fit(length: int, path: Path, resume: bool) -> Witness:
    trainer = Trainer(
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        max_epochs=-1,
        callbacks=[] if resume else [SavesAt(4, path)],
    )
    data = Numbered(shape=(1, 2, 2), num_classes=N, batch_size=8, seed=3, split_seed=0)
    module = Witness(length)
    trainer.fit(module, datamodule=data, ckpt_path=path if resume else None, weights_only=resume or None)
    return module


def test_lightning_is_fed_the_stream_and_goes_on_where_a_checkpoint_was_made(tmp_path: Path) -> None:
    whole = fit(9, tmp_path / "last.ckpt", resume=False)
    assert labels(whole.seen) == labels(take(9, stream()))
    assert whole.seen[0][0].images.dtype == torch.float32
    rest = fit(9, tmp_path / "last.ckpt", resume=True)
    assert labels(rest.seen) == labels(whole.seen[4:])
