"""log p_data / p_g by a trained critic: what is calibrated, trusted and refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.errors import CalibrationError, GanLabError
from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.class_bce import ClassBCE
from gan_lab.loss.class_conditional import ClassConditional
from gan_lab.loss.fgan import FGAN
from gan_lab.loss.hinge import Hinge
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.model.gan import GAN
from gan_lab.network.base import Generator
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.labelled import Labelled
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.log_ratio import LogRatio
from gan_lab.sampler.sir import SIR
from gan_lab.sampler.truncated import Truncated
from tests.present import present
from tests.sampler.known import Affine, Points, Told, drawn, module, narrower, normal_points, plain

X = torch.linspace(-2, 3, 11)[:, None]


def shifted(
    loss: AdversarialLoss | None = None, function: Callable[[Tensor], Tensor] | None = None, **critic: Any
) -> GAN:
    """p_g = N(1, 1), and p_d = N(0, 1) is meant: log r = 1/2 - x."""
    exact = function or (lambda x: (0.5 - x).sum(1))
    return module(Affine(1, shift=1.0), Told(1, exact, **critic), loss=loss)


def ratio(
    model: GAN,
    calibration: Any,
    samples: int = 10_000,
    folder: Path | None = None,
    data: Any = None,
    source: Any = None,
    seed: int | None = None,
) -> LogRatio:
    context = SamplingContext(model, data or normal_points(), folder, 1000, seed)
    with context.evaluating():
        source = source or plain()
        source.prepare_on(context)
        return LogRatio(context, calibration=calibration, samples=samples, source=source)


@pytest.mark.parametrize("calibration", ["platt", "isotonic"])
@pytest.mark.parametrize("loss", [Wasserstein(), Hinge()])
def test_a_score_of_unknown_scale_becomes_the_log_ratio(calibration: str, loss: AdversarialLoss) -> None:
    found = ratio(shifted(loss, times=4.0, plus=7.0), calibration)
    inner = X[2:-2]
    d = found(inner, None)
    torch.testing.assert_close(d, (0.5 - inner).squeeze(1), atol=0.35 if calibration == "isotonic" else 0.2, rtol=0)
    assert abs(found.report["z"]) < 4
    assert found.report["auc"] == pytest.approx(0.76, abs=0.03)
    assert found.report["calibration"] == calibration
    if calibration == "platt":
        assert found.report["a"] == pytest.approx(0.25, abs=0.03)
        assert found.report["b"] == pytest.approx(-1.75, abs=0.25)


def test_platt_is_differentiable_with_the_slope_that_was_fitted() -> None:
    found = ratio(shifted(Wasserstein(), times=4.0, plus=7.0), "platt")
    x = X.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(found(x, None).sum(), x)
    torch.testing.assert_close(gradient, torch.full_like(x, -4 * found.report["a"]))


@pytest.mark.parametrize("calibration", ["platt", "isotonic"])
@pytest.mark.parametrize("times", [-1.0, 0.0])
def test_an_inverted_or_constant_critic_is_refused(calibration: str, times: float) -> None:
    with pytest.raises(CalibrationError, match="does not tell real from generated"):
        ratio(shifted(times=times), calibration)


def test_of_an_inverted_critic_it_is_said_that_its_order_is_wrong() -> None:
    # P(N(1, 1) > N(0, 1)) is 76 %: reals have the higher score in 24 % of the pairs.
    with pytest.raises(CalibrationError, match=r"it ranks 2[2-6]% of pairs correctly.* such as sampler=direct"):
        ratio(shifted(times=-1.0), "platt")


def test_a_critic_whose_order_is_right_too_rarely_is_refused() -> None:
    # An even function of x - 1/2 has the same law on both sides.
    with pytest.raises(CalibrationError, match="does not tell"):
        ratio(shifted(function=lambda x: (x - 0.5).square().sum(1)), "platt")


@pytest.mark.parametrize("loss", [Wasserstein(), Hinge()])
def test_a_score_that_is_no_log_ratio_must_be_calibrated(loss: AdversarialLoss) -> None:
    with pytest.raises(GanLabError, match="not a log-ratio: calibrate it first, with sampler"):
        ratio(shifted(loss), "none")


@pytest.mark.parametrize(
    ("divergence", "optimal"),
    [("kl", lambda d: 1 + d), ("pearson", lambda d: 2 * torch.expm1(d)), ("hellinger", lambda d: d / 2)],
)
def test_none_trusts_the_log_ratio_of_the_loss(divergence: Any, optimal: Callable[[Tensor], Tensor]) -> None:
    model = shifted(FGAN(divergence=divergence), lambda x: optimal((0.5 - x).sum(1)))
    found = ratio(model, "none")
    torch.testing.assert_close(found(X, None), (0.5 - X).squeeze(1))
    assert found.report == {"calibration": "none", "score": "log_ratio"}


def test_what_is_fitted_is_the_losses_own_log_ratio_where_there_is_one() -> None:
    found = ratio(shifted(FGAN(divergence="pearson"), lambda x: 2 * torch.expm1((0.5 - x).sum(1))), "platt")
    assert found.report["score"] == "log_ratio"
    assert found.report["a"] == pytest.approx(1.0, abs=0.12)
    assert found.report["b"] == pytest.approx(0.0, abs=0.12)


def test_energy_is_the_score_itself() -> None:
    for loss in (Wasserstein(), FGAN(divergence="kl")):
        found = ratio(shifted(loss, times=4.0, plus=7.0), "energy")
        torch.testing.assert_close(found(X, None), 4 * (0.5 - X).squeeze(1) + 7)


def test_a_log_ratio_that_is_off_is_warned_of() -> None:
    # Half of the reals at each score: the fit on the first half does not hold on the second.
    values = torch.cat([torch.randn(3000, 1) - 2, torch.randn(3000, 1)])
    found = ratio(shifted(Wasserstein()), "platt", samples=6000, data=Points(values))
    (warning,) = found.warnings
    assert "|z| is" in warning
    assert abs(found.report["z"]) > 3


def test_the_fit_is_about_the_law_of_its_source() -> None:
    # Generated samples of half the spread around 1: another p_g, another ratio.
    model = shifted(Wasserstein())
    direct = ratio(model, "platt").report
    narrow = ratio(model, "platt", source=Truncated(batch_size=1000, t=None, psi=0.2)).report
    assert narrow["auc"] > direct["auc"] + 0.03


def test_fewer_held_out_samples_than_asked_for_are_all_used() -> None:
    found = ratio(shifted(), "isotonic", samples=10_000, data=normal_points(400))
    assert len(found.fitted["scores"]) <= 400


def test_class_critics_judge_each_sample_by_its_class() -> None:
    prior = GaussianMixture(dim=1, components=2, spread=0.0, std=1.0, trainable=False, means_seed=1)
    critic = Told(1, lambda x: torch.cat([x, -x], 1), outputs=2)
    model = module(Affine(1, shift=1.0), critic, prior=prior, loss=ClassBCE(num_classes=2))
    data = normal_points(2000)
    labelled = Points(data.points.values, (data.points.values[:, 0] > 0).long(), 2)
    # The loss has a log-ratio of its own, of all scores together: it is used.
    found = ratio(model, "none", data=labelled)
    expected = model.loss.log_ratio(torch.cat([X, -X], 1))
    torch.testing.assert_close(found(X, torch.zeros(len(X), dtype=torch.long)), expected)


class TwoClasses(Generator):
    """G(z, y) = (2 z, y)."""

    def __init__(self) -> None:
        super().__init__(latent_dim=1, shape=(2,), classes=2)
        self.unused = torch.nn.Parameter(torch.zeros(()))

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        return torch.cat([2 * z, present(labels)[:, None].to(z)], 1)


def of_two_classes(offset: float) -> tuple[GAN, Points]:
    """p_g = N(0, 4) and p_d = N(0, 1) in each of two classes, with the exact critic but for a constant of class 1."""

    def score(x: Tensor) -> Tensor:
        return torch.stack([narrower(x[:, :1]), narrower(x[:, :1]) + offset], 1)

    loss = ClassConditional(num_classes=2, of=Wasserstein())
    model = module(TwoClasses(), Told(2, score, outputs=2), prior=Labelled(dim=1, components=2), loss=loss)
    labels = torch.arange(10_000) % 2
    values = torch.randn(10_000, generator=torch.Generator().manual_seed(1))
    return model, Points(torch.stack([values, labels.float()], 1), labels, 2)


@pytest.mark.parametrize("calibration", ["platt", "isotonic"])
def test_a_constant_in_the_scores_of_a_class_changes_nothing(calibration: str) -> None:
    # The loss compares samples within a class, so that such a constant is left to chance.
    found = []
    for offset in (0.0, 3.0):
        model, data = of_two_classes(offset)
        found.append(ratio(model, calibration, data=data))
    x, y = torch.stack([torch.linspace(-1.5, 1.5, 20), torch.ones(20)], 1), torch.ones(20).long()
    first, second = (one(x, y) for one in found)
    torch.testing.assert_close(first, second, rtol=0, atol=1e-3 if calibration == "platt" else 0.05)
    torch.testing.assert_close(second, narrower(x[:, :1]), rtol=0, atol=0.5 if calibration == "isotonic" else 0.15)
    if calibration == "platt":
        assert found[1].report["b"] == pytest.approx([0, -3 * found[1].report["a"]], abs=0.1)
    assert found[1].report["auc"] == pytest.approx(found[0].report["auc"], abs=1e-3)


def test_samples_of_a_class_critic_keep_the_shares_of_the_classes() -> None:
    model, data = of_two_classes(3.0)
    sampler = SIR(batch_size=20_000, proposal=plain(), calibration="platt", calibration_samples=10_000, k=32, rounds=3)
    n = 4000
    result = drawn(sampler, model, data, n)
    share = present(result.latent.component).float().mean().item()
    # 1 % is that of the calibration, whose reals and fakes are 5,000 each
    assert abs(share - 0.5) < 4.5 * (0.5 / n**0.5 + 0.01)
    assert result.x[:, 0].var().item() == pytest.approx(1.0, abs=0.15)


def test_a_critic_that_passes_by_chance_alone_is_refused() -> None:
    # Of 10 + 10 held-out samples, chance ranks more than 63 % of the pairs correctly once in six times.
    errors = []
    for seed in range(20):
        data = normal_points(20, mean=1.0)
        data.points.values.copy_(1 + torch.randn(20, 1, generator=torch.Generator().manual_seed(seed)))
        try:
            ratio(shifted(), "isotonic", data=data)
        except CalibrationError as error:
            errors.append(str(error))
    assert len(errors) >= 17
    assert all("chance 50% ± 26%" in error for error in errors)


def test_another_calibration_of_the_same_weights_is_kept_beside_the_first(tmp_path: Path) -> None:
    model = shifted(Wasserstein(), times=4.0, plus=7.0)
    first = ratio(model, "platt", folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    again = ratio(model, "platt", folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert again.report == first.report
    assert again.context.passes["critic"] == 0
    ratio(model, "isotonic", folder=tmp_path)
    ratio(model, "platt", samples=500, folder=tmp_path)
    ratio(model, "platt", source=Truncated(batch_size=1000, t=None, psi=0.9), folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_calibration_of_another_checkpoint_or_of_other_reals_is_not_used(tmp_path: Path) -> None:
    first = ratio(shifted(Wasserstein(), times=4.0), "platt", folder=tmp_path)
    second = ratio(shifted(Wasserstein(), times=2.0), "platt", folder=tmp_path)
    assert second.report["a"] == pytest.approx(2 * first.report["a"], rel=1e-3)
    third = ratio(shifted(Wasserstein(), times=4.0), "platt", folder=tmp_path, data=normal_points(mean=-0.3))
    assert third.report["b"] != first.report["b"]
    assert len(list(tmp_path.iterdir())) == 3


def test_the_same_weights_under_another_loss_have_a_calibration_of_their_own(tmp_path: Path) -> None:
    # What is fitted is the loss's log-ratio: v for one, v - 1 for the other.
    for divergence in ("js", "kl"):
        found = ratio(shifted(FGAN(divergence=divergence)), "platt", folder=tmp_path)
        d = found(X, None)
        torch.testing.assert_close(d, (0.5 - X).squeeze(1), atol=0.4, rtol=0)


def test_each_seed_has_a_calibration_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    """From other codes and other validation samples, so that slopes scatter as those of independent samples do."""
    slope = lambda seed, folder=tmp_path: ratio(shifted(), "platt", 500, folder, seed=seed).report["a"]
    found = [slope(seed) for seed in (None, 1, 2, 3)]
    assert len({*found}) == 4
    assert all(0.6 < a < 1.6 for a in found), "each is an estimate of 1"
    assert [slope(seed) for seed in (None, 1, 2, 3)] == found, "from the cache"
    assert [slope(seed, None) for seed in (None, 1, 2, 3)] == found, "and the same without it"


def test_with_a_seed_the_validation_samples_are_any_and_without_the_first() -> None:
    data = normal_points(100)
    reals = {seed: SamplingContext(shifted(), data, None, 10, seed).reals(30)[0] for seed in (None, 1, 2)}
    first = data.validation.batch(torch.arange(30)).images
    assert torch.equal(reals[None], first)
    assert not torch.equal(reals[1], reals[2])
    assert all(len({*some.flatten().tolist()}) == 30 for some in reals.values()), "none twice"
