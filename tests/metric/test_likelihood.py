import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.likelihood import FeatureLikelihood, fitted_mixture
from gan_lab.metric.real_fake import TooAlikeError

D = 4


def normal(seed: int, n: int, d: int = D) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def metric_of(real: Tensor, train: Tensor) -> FeatureLikelihood:
    metric = FeatureLikelihood(train_images=len(train))
    metric.set_reference(Reference(Features(real), lambda n: Features(train[:n])))
    return metric


def log_density(x: np.ndarray, centres: np.ndarray, variances: np.ndarray) -> np.ndarray:
    each = [multivariate_normal(y, v).logpdf(x) for y, v in zip(centres, variances, strict=True)]
    return logsumexp(each, axis=0) - np.log(len(centres))


def test_variances_around_clusters_are_their_mean_squared_distance() -> None:
    """Far clusters are explained by their own centre alone, and none by the middle."""
    centres = 1000.0 * torch.eye(3, D, dtype=torch.float64)
    train = torch.cat([centre + (2.0 + i) * normal(i, 30) for i, centre in enumerate(centres)])
    expected = (train.view(3, 30, D) - centres[:, None]).square().mean((1, 2))
    torch.testing.assert_close(fitted_mixture(centres, train).variances, expected)


def test_density_is_that_of_scipy() -> None:
    mixture = fitted_mixture(normal(0, 12), normal(1, 50))
    x = normal(2, 9)
    expected = log_density(x.numpy(), mixture.centres.numpy(), mixture.variances.numpy())
    assert mixture.log_density(x).tolist() == pytest.approx(expected, rel=1e-9)


def test_variances_are_a_maximum_of_the_likelihood_of_training_samples() -> None:
    """With the Gaussian around the middle, a quasi-Newton method that begins at them stays there."""
    fake, train = normal(2, 8), normal(1, 40)
    squared = ((train[:, None] - fake) ** 2).sum(2).numpy()
    to_middle = 0.81 * ((train - train.mean(0)) ** 2).sum(1).numpy()

    def loss(logs: np.ndarray) -> float:
        variances, middle = np.exp(logs[:-1]), np.exp(logs[-1])
        terms = -squared / (2 * variances) - D / 2 * np.log(2 * np.pi * variances) - np.log(len(fake))
        rest = -to_middle / (2 * middle) - D / 2 * np.log(2 * np.pi * middle)
        return float(-logsumexp(np.column_stack([terms, rest]), axis=1).mean() / D)

    found = np.log(fitted_mixture(fake, train).variances.numpy())
    middle = minimize(lambda last: loss(np.append(found, last)), 0.0).x
    best = minimize(loss, np.append(found, middle), method="L-BFGS-B", options={"ftol": 1e-12})
    assert best.x[:-1] == pytest.approx(found, abs=0.05)
    assert loss(np.append(found, middle)) == pytest.approx(best.fun, abs=1e-5)


def test_definition() -> None:
    real, train, fake = 3 + 2 * normal(0, 30), 3 + 2 * normal(1, 40), 3 + 1.5 * normal(2, 8)
    fake_s, train_s, real_s = ((x - real.mean(0)) / real.std(0) for x in (fake, train, real))

    def loss(centres: Tensor, train: Tensor) -> float:
        variances = fitted_mixture(centres, train).variances.numpy()
        return float(-log_density(real_s.numpy(), centres.numpy(), variances).mean() / D)

    by_training = loss(train_s[:20], train_s[20:])  # half of them around, half to fit to
    metric = metric_of(real, train)
    assert metric.of(Features(fake))["fld"] == pytest.approx(100 * (loss(fake_s, train_s) - by_training))
    floor = loss(train_s[20:], train_s[:20]) - by_training
    assert metric.floor(Features(train))["fld"] == pytest.approx(100 * floor)


def test_fresh_draws_are_as_good_as_training_samples_and_others_worse() -> None:
    metric = metric_of(normal(0, 200), normal(1, 400))
    fresh = metric.of(Features(normal(2, 200)))["fld"]
    assert abs(fresh) < 5
    assert abs(metric.floor(Features(normal(1, 200)))["fld"]) < 5
    for worse in (normal(2, 200) + 1, 0.2 * normal(2, 200), 4 * normal(2, 200), normal(2, 10).repeat(20, 1)):
        assert metric.of(Features(worse))["fld"] > fresh + 5


def test_copies_are_worse_the_more_there_are() -> None:
    train, fresh = normal(1, 400), normal(2, 200)
    metric = metric_of(normal(0, 200), train)
    values = [metric.of(Features(torch.cat([train[:copies], fresh[copies:]])))["fld"] for copies in (0, 100, 180, 200)]
    assert values == sorted(values)
    assert values[-1] > 100


def test_the_scale_of_features_does_not_matter_and_constant_ones_are_no_features() -> None:
    real, train, fake = normal(0, 50), normal(1, 80), normal(2, 50)
    expected = metric_of(real, train).of(Features(fake))["fld"]
    scale, shift = torch.tensor([1.0, 10.0, 0.1, 3.0]), torch.tensor([5.0, 0.0, -7.0, 100.0])

    def moved(x: Tensor) -> Tensor:
        return torch.cat([scale * x + shift, torch.full((len(x), 1), 9.0)], 1)

    found = metric_of(moved(real), moved(train)).of(Features(moved(fake)))["fld"]
    assert found == pytest.approx(expected, abs=1e-4)


def test_no_more_centres_than_behind_the_real_value() -> None:
    metric, fake = metric_of(normal(0, 30), normal(1, 80)), normal(2, 60)
    assert metric.of(Features(fake)) == metric.of(Features(fake[:30]))


def test_what_it_cannot_be_fitted_to_is_said() -> None:
    with pytest.raises(ValueError, match="with the training images"):
        FeatureLikelihood().set_reference(Reference(Features(normal(0, 5))))
    with pytest.raises(TooAlikeError, match="constant"):
        metric_of(torch.ones(5, D), normal(0, 5))
    with pytest.raises(TooAlikeError, match="2 training images or more, not to 1"):
        metric_of(normal(0, 5), normal(1, 1))


def test_it_says_how_many_training_images() -> None:
    assert metric_of(normal(0, 5), normal(1, 9)).protocol() == {"fld_train_images": 9}
