import pytest
import torch
from torch_fidelity.metric_prc import calculate_precision_recall_full

from gan_lab.metric.neighbours import squared_radii
from gan_lab.metric.precision_recall import PrecisionRecall, precision_recall


def normal(seed, n, d):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def table(x, y):
    """Squared distances, subtracted in float64."""
    return (x.double()[:, None] - y.double()[None]).square().sum(2)


def by_definition(real, fake, k):
    """(precision, recall) from whole tables in float64."""

    def radii(x):
        distances = table(x, x).fill_diagonal_(torch.inf)
        return distances.sort(1).values[:, k - 1]

    inside = table(fake, real)
    precision = (inside <= radii(real)).any(1).double().mean()
    return precision.item(), (radii(fake) >= inside.T).any(1).double().mean().item()


SETS = {
    "plain": (normal(0, 210, 12), normal(1, 190, 12) * 0.8 + 0.2),
    "far from 0": (normal(0, 210, 12) + 100, normal(1, 190, 12) * 0.8 + 100.2),
    "ties": (normal(0, 210, 4).round(), normal(1, 190, 4).round()),  # many equal distances and duplicates
    "collapsed": (normal(0, 210, 12), 5 + 1e-4 * normal(1, 190, 12)),
    "both collapsed": (5 + 1e-4 * normal(0, 210, 12), 5 + 1e-4 * normal(1, 190, 12)),
    "collapsed to two": (normal(0, 210, 12), 5 * normal(2, 2, 12).repeat(95, 1) + 1e-4 * normal(1, 190, 12)),
    "copies of two": (normal(0, 210, 12), normal(1, 2, 12).repeat(95, 1)),
    "half copied": (normal(0, 210, 12), torch.cat([normal(0, 210, 12)[:100], normal(1, 90, 12) + 9])),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("k", [1, 3, 5])
def test_definition(name, k):
    real, fake = SETS[name]
    assert precision_recall(real, fake, k, chunk=64) == by_definition(real, fake, k)


@pytest.mark.parametrize("name", SETS)
def test_radii_by_definition(name):
    for points in SETS[name]:
        expected = table(points, points).fill_diagonal_(torch.inf).sort(1).values[:, 2]
        torch.testing.assert_close(squared_radii(points, 3, chunk=64), expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("seed", range(20))
def test_float32_products_decide_nothing(seed):
    generator = torch.Generator().manual_seed(seed)
    real = torch.randint(0, 3, (150, 3), generator=generator).float() * 0.1 + 30  # ties that are not exact
    fake = torch.randint(0, 3, (150, 3), generator=generator).float() * 0.1 + 30
    assert precision_recall(real, fake) == by_definition(real, fake, 3)


def test_roles_exchanged():
    real, fake = SETS["plain"]
    assert precision_recall(fake, real) == tuple(reversed(precision_recall(real, fake)))


def test_copies_are_precise_and_far_ones_are_not():
    real = normal(0, 100, 8)
    assert precision_recall(real, real) == (1.0, 1.0)
    assert precision_recall(real, real + 100) == (0.0, 0.0)


def test_mode_collapse_is_precise_but_recalls_little():
    real = normal(0, 500, 4)
    precision, recall = precision_recall(real, 0.1 * normal(1, 500, 4))
    assert precision > 0.95
    assert recall < 0.05


@pytest.mark.parametrize("chunk", [1, 50, 189, 10_000])
def test_chunks_do_not_matter(chunk):
    assert precision_recall(*SETS["plain"], 3, chunk) == precision_recall(*SETS["plain"])


def test_low_precision_of_training_does_not_matter():
    expected = precision_recall(*SETS["far from 0"])
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        assert precision_recall(*SETS["far from 0"]) == expected
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)


def test_torch_fidelity_agrees():
    real, fake = normal(0, 600, 64), normal(1, 500, 64) * 0.9 + 0.05
    found = calculate_precision_recall_full(fake, real, neighborhood=3, batch_size=1000)
    assert precision_recall(real, fake) == pytest.approx([float(x) for x in found[:2]], abs=1e-6)


def test_metric_names_its_k_and_gathers():
    real, fake = SETS["plain"]
    metric = PrecisionRecall(k=5, chunk=100)
    metric.set_real(real)
    for part in fake.split(33):
        metric.update(part)
    precision, recall = by_definition(real, fake, 5)
    assert metric.compute() == {"precision_k5": precision, "recall_k5": recall}


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="4 samples or more, not 3"):
        precision_recall(normal(0, 10, 2), normal(1, 3, 2))
