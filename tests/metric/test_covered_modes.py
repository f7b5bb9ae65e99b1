from functools import reduce
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import poisson
from torch import Tensor

from gan_lab.data.loading import load_data
from gan_lab.data.samples import Samples
from gan_lab.metric.class_balance import ClassBalance
from gan_lab.metric.covered_modes import CoveredModes, confusion, covered
from gan_lab.metric.extractor.trained import TrainedFeatures
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import TooAlikeError
from tests.fixtures import Compose
from tests.present import present


def read_as(found: Tensor, k: int, label: Tensor | None = None) -> Features:
    """Images that the classifier takes for these modes."""
    logits = torch.zeros(len(found), k).scatter_(1, found[:, None], 100.0)
    return Features(torch.zeros(len(found), 1), logits, label=label)


def misread(modes: Tensor, rate: float, classes: int, channels: int, generator: torch.Generator) -> Tensor:
    """What a classifier reads that takes a class of a channel for the next one at this rate."""
    places = classes ** torch.arange(channels)
    parts = modes[:, None] // places % classes
    wrong = torch.rand(parts.shape, generator=generator) < rate
    return ((parts + wrong) % classes * places).sum(1)


def test_confusion_is_that_of_all_channels_with_half_a_reading_added() -> None:
    label, found = torch.tensor([0, 1, 2, 3]), torch.tensor([0, 1, 3, 3])  # 00 01 10 11, of which 10 is read as 11
    # of four zeros one is read as one; four ones are read rightly
    expected = torch.tensor([[3 + 0.5, 1 + 0.5], [0 + 0.5, 4 + 0.5]], dtype=torch.float64) / 5
    torch.testing.assert_close(confusion(label, found, classes=2, channels=2), expected)


def test_definition_with_the_whole_matrix() -> None:
    generator = torch.Generator().manual_seed(0)
    table = torch.eye(3, dtype=torch.float64) + 0.1 * torch.rand(3, 3, generator=generator, dtype=torch.float64)
    table /= table.sum(1, keepdim=True)
    whole = reduce(np.kron, [table.numpy()] * 3)
    for _ in range(5):
        counts = torch.poisson(3 * torch.rand(27, generator=generator) ** 3, generator=generator).long()
        truth = np.linalg.solve(whole.T, counts.numpy()).clip(0)
        by_others = truth @ whole - truth * whole.diagonal()
        expected = poisson.sf(counts.numpy() - 1, by_others) < 1 / 27
        assert covered(counts, table, 3).tolist() == expected.tolist()


@pytest.mark.parametrize("there", [40, 100, 125])
def test_modes_that_are_only_misread_are_not_counted(there: int) -> None:
    generator, k = torch.Generator().manual_seed(0), 125
    label = torch.randint(k, (20_000,), generator=generator)
    metric = CoveredModes(channels=3)
    metric.set_reference(Reference(read_as(misread(label, 0.02, 5, 3, generator), k, label)))
    modes = torch.randperm(k, generator=generator)[:there]
    drawn = modes[torch.randint(there, (26 * k,), generator=generator)]
    read = misread(drawn, 0.02, 5, 3, generator)
    assert len(read.unique()) > there + 5 or there == k
    assert metric.of(read_as(read, k))["classes_covered_corrected"] == pytest.approx(there, abs=1)


def test_two_shares_are_one_pass() -> None:
    label = torch.arange(8).repeat(20)
    one, other = CoveredModes(channels=3), CoveredModes(channels=3)
    for metric in (one, other):
        metric.set_reference(Reference(read_as(label, 8, label)))
    one.update(read_as(label[:37], 8))
    other.update(read_as(label[37:], 8))
    one.merge_state(other)
    assert one.compute() == one.of(read_as(label, 8)) == {"classes_covered_corrected": 8.0}


def test_no_images_cover_no_mode() -> None:
    label = torch.arange(8).repeat(20)
    metric = CoveredModes(channels=3)
    metric.set_reference(Reference(read_as(label, 8, label)))
    assert metric.of(read_as(label[:0], 8)) == {"classes_covered_corrected": 0.0}


def test_what_it_needs_is_said() -> None:
    with pytest.raises(TooAlikeError, match="have no labels"):
        CoveredModes().set_reference(Reference(read_as(torch.arange(8), 8)))
    with pytest.raises(ValueError, match="10 modes are not tuples of classes in 3 channels"):
        CoveredModes().set_reference(Reference(read_as(torch.arange(10), 10, torch.arange(10))))


@pytest.mark.mnist
@pytest.mark.slow
def test_real_triples_of_some_modes_are_counted_within_a_hundredth(composed: Compose, mnist_root: Path) -> None:
    data = load_data(composed("data=mnist")["data"])
    config = composed("metric=mnistcnn")["metric"]["extractor"]
    extractor = TrainedFeatures(name=config["name"], sha256=config["sha256"])
    place = torch.tensor([100, 10, 1])

    def digits(samples: Samples) -> tuple[Tensor, Tensor]:
        """True and read digits."""
        parts = samples.values.split(500)
        return present(samples.labels), torch.cat([present(extractor.extract(some)[1]).argmax(1) for some in parts])

    def triples(digits: tuple[Tensor, Tensor], n: int, seed: int) -> tuple[Tensor, Tensor]:
        """True and read modes of n triples. A channel is read without regard to the others."""
        chosen = torch.randint(10_000, (n, 3), generator=torch.Generator().manual_seed(seed))
        return (digits[0][chosen] * place).sum(1), (digits[1][chosen] * place).sum(1)

    reference, drawn = digits(data.validation), digits(data.test)
    label, found = triples(reference, 26_000, 0)
    corrected, raw = CoveredModes(channels=3), ClassBalance(against="uniform")
    for metric in (corrected, raw):
        metric.set_reference(Reference(read_as(found, 1000, label)))
    truth, read = triples(drawn, 60_000, 1)
    for modes in (1000, 900, 800, 500):
        some = torch.randperm(1000, generator=torch.Generator().manual_seed(modes))[:modes]
        kept = torch.isin(truth, some).nonzero()[:26_000, 0]
        sample = read_as(read[kept], 1000)
        assert corrected.of(sample)["classes_covered_corrected"] == pytest.approx(modes, rel=0.01)
        if modes < 1000:
            assert raw.of(sample)["classes_covered"] > 1.02 * modes
