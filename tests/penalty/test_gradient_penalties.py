"""What holds for every penalty on the critic's gradient, and the bugs that others published."""

import pytest
import torch
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.penalty.base import Penalty
from gan_lab.penalty.dragan import DRAGANPenalty
from gan_lab.penalty.gradient import interpolate
from gan_lab.penalty.sobolev import SobolevPenalty
from gan_lab.penalty.wasserstein_divergence import WassersteinDivergence
from gan_lab.penalty.zero_centred import ZeroCentredPenalty
from gan_lab.types import CriticOutput, Judge
from tests.fixtures import BuildModel
from tests.penalty.critics import Linear, judged_by, meeting, slopes

DRAGAN = DRAGANPenalty(weight=3.0, noise="centred")
DRAGAN_POSITIVE = DRAGANPenalty(weight=3.0, noise="positive")
R1, R2 = (ZeroCentredPenalty(gamma=3.0, at=at) for at in ("real", "fake"))
DIVERGENCE = WassersteinDivergence(k=2.0, p=6.0)
EUCLIDEAN = SobolevPenalty(s=0.0, p=2.0, weight=3.0)
SOBOLEV = SobolevPenalty(s=-1.5, p=3.0, weight=3.0)

PENALTIES = [DRAGAN, DRAGAN_POSITIVE, R1, R2, DIVERGENCE, EUCLIDEAN]


def value(penalty: Penalty, judge: Judge, real: Tensor, fake: Tensor) -> Tensor:
    (term,) = penalty(judge, meeting(real, fake)).minimised.values()
    return term


def on_norms(penalty: Penalty, norm: Tensor) -> Tensor:
    """What the penalty makes of the norms of a batch of gradients."""
    if penalty in (R1, R2):
        return 1.5 * norm.square().mean()
    return 2 * norm.pow(6).mean() if penalty is DIVERGENCE else 3 * (norm - 1).square().mean()


def small_critic() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(48, 16), nn.Tanh(), nn.Linear(16, 1))


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("norm", [0.3, 1.0, 1.5])
@pytest.mark.parametrize("shape", [(3, 8, 8), (2,)])
def test_a_linear_critic_has_the_norm_of_its_weight_everywhere(
    penalty: Penalty, norm: float, shape: tuple[int, ...]
) -> None:
    weight = torch.randn(shape)
    found = value(
        penalty, judged_by(Linear(norm * weight / weight.norm())), torch.randn(8, *shape), torch.randn(8, *shape)
    )
    torch.testing.assert_close(found, on_norms(penalty, torch.tensor([norm])), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("penalty", [*PENALTIES, SOBOLEV])
def test_against_one_sample_at_a_time(penalty: Penalty) -> None:
    critic, real, fake = small_critic(), torch.randn(6, 3, 4, 4), torch.randn(6, 3, 4, 4)
    sides: dict[Penalty, Tensor] = {R1: real, R2: fake}
    points = sides.get(penalty, interpolate(meeting(real, fake)))
    if penalty in (DRAGAN, DRAGAN_POSITIVE):
        points = penalty.around_real(meeting(real, fake))
    by_sample = slopes(critic, points)
    norm = by_sample.flatten(1).norm(dim=1) if penalty is not SOBOLEV else SOBOLEV.space.dual_norm(by_sample)
    torch.testing.assert_close(
        value(penalty, judged_by(critic), real, fake), on_norms(penalty, norm), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("penalty", [*PENALTIES, SOBOLEV])
def test_the_penalty_alone_trains_the_critic_and_not_the_generator(penalty: Penalty) -> None:
    critic, fake = small_critic(), torch.randn(8, 3, 4, 4, requires_grad=True)
    term = value(penalty, judged_by(critic), torch.randn(8, 3, 4, 4), fake)
    by_weight, by_fake = torch.autograd.grad(term, [critic[1].weight, fake], allow_unused=True)  # type: ignore[index]
    assert by_weight.abs().sum() > 0
    assert by_fake is None


@pytest.mark.parametrize("penalty", [*PENALTIES, SOBOLEV])
def test_finite_where_the_gradient_is_zero(penalty: Penalty) -> None:
    critic = Linear(torch.zeros(1, 4, 4))
    term = value(penalty, judged_by(critic), torch.randn(8, 1, 4, 4), torch.randn(8, 1, 4, 4))
    term.backward()
    assert term.isfinite()
    assert critic.weight.grad is not None
    assert critic.weight.grad.isfinite().all()


@pytest.mark.parametrize("penalty", PENALTIES)
def test_in_float32_under_autocast(penalty: Penalty) -> None:
    judge = judged_by(nn.Sequential(layer := nn.Linear(784, 1)))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = value(penalty, judge, torch.randn(4, 784), torch.randn(4, 784))
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, on_norms(penalty, layer.weight.norm()), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_diagnostic_is_the_mean_norm(penalty: Penalty) -> None:
    judge = judged_by(Linear(torch.full((1, 2, 2), 0.7)))
    terms = penalty(judge, meeting(torch.randn(4, 1, 2, 2), torch.randn(4, 1, 2, 2)))
    ((name, norm),) = terms.diagnostics.items()
    assert "norm" in name
    assert not norm.requires_grad
    assert norm.item() == pytest.approx(1.4, rel=1e-5)


def test_all_of_them_can_be_used_together() -> None:
    terms = [p(judged_by(small_critic()), meeting(torch.randn(4, 3, 4, 4), torch.randn(4, 3, 4, 4))) for p in PENALTIES]
    joined = terms[0] | terms[2] | terms[3] | terms[4] | terms[5]
    assert len(joined.minimised) == len(joined.diagnostics) == 5


@pytest.mark.parametrize("variant", ["ct_gan", "dragan", "gan_r1", "r3gan", "wgan_div", "bwgan"])
def test_batch_norm_in_the_critic_is_refused(build_model: BuildModel, variant: str) -> None:
    with pytest.raises(GanLabError, match="batch norm in the critic"):
        build_model(f"model={variant}", "data=ring", "model.critic.norm=batch")


def test_dragan_looks_around_the_reals_alone() -> None:
    real = 2 * torch.randint(0, 2, (2000, 1, 2, 2)).float() - 1
    contest = meeting(real, torch.full_like(real, 99.0))
    sigma = real.std().item()
    centred, positive = (penalty.around_real(contest) - real for penalty in (DRAGAN, DRAGAN_POSITIVE))
    assert centred.abs().max() <= sigma / 2
    assert (real + centred).abs().max() <= 1  # images stay images
    assert positive.min() >= 0
    assert positive.max() <= sigma / 2
    assert positive.mean().item() == pytest.approx(sigma / 8, rel=0.05)  # a and u are 1/2 on average


def test_dragans_positive_noise_has_one_length_per_sample() -> None:
    # The mean of d over many values is a sigma / 4: its spread over samples is that of a, U[0, 1].
    real = torch.randn(500, 1, 20, 20)
    length = 4 * (DRAGAN_POSITIVE.around_real(meeting(real, real)) - real).flatten(1).mean(1) / real.std()
    assert length.var().item() == pytest.approx(1 / 12, rel=0.15)
    assert length.mean().item() == pytest.approx(1 / 2, rel=0.1)


def test_dragans_centred_noise_is_centred_and_uniform() -> None:
    # Reals of two far values at the ends keep the clipping away from the others.
    real = torch.cat([torch.zeros(400, 50), torch.full((1, 50), 30.0), torch.full((1, 50), -30.0)])
    move = (DRAGAN.around_real(meeting(real, real)) - real)[:400] / real.std()
    assert move.mean().item() == pytest.approx(0, abs=0.01)
    assert move.var().item() == pytest.approx(1 / 12, rel=0.05)
    assert move[0].unique().numel() > 40  # its own draw for every value


def test_the_divergences_best_slope_between_two_points() -> None:
    # A linear critic between two points at distance d gains n d and pays k n^p: least at n = (d / (k p))^(1 / (p - 1)).
    real, fake = torch.tensor([[3.0, 4.0]]), torch.zeros(1, 2)
    best = (5 / (2 * 6)) ** (1 / 5)
    critic = Linear(best * real[0] / 5)
    loss = critic(fake).mean() - critic(real).mean() + value(DIVERGENCE, judged_by(critic), real, fake)
    assert torch.autograd.grad(loss, critic.weight)[0].abs().max() < 1e-4


@pytest.mark.parametrize("options", [{"k": 0.0, "p": 6.0}, {"k": 2.0, "p": 1.0}])
def test_what_is_no_divergence_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="above"):
        WassersteinDivergence(**options)


def test_gradients_are_of_raw_scores(build_model: BuildModel) -> None:
    """A confident critic's sigmoid is flat; its logit is not, and it is the logit that DRAGAN and R1 look at."""
    steep = lambda x: CriticOutput(100 + 3 * x.flatten(1).sum(1, keepdim=True), x.flatten(1))
    for variant, norm in (("dragan", "gradient_norm_near_real"), ("gan_r1", "gradient_norm_real")):
        model = build_model(f"model={variant}", "data=ring")
        (penalty,) = model.penalties.values()
        contest = meeting(torch.randn(4, 2), torch.randn(4, 2))
        terms = penalty(model.loss.judge(steep, contest), contest)
        assert terms.diagnostics[norm].item() == pytest.approx(3 * 2**0.5, rel=1e-5)
