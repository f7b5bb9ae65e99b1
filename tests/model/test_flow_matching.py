"""Flow matching, on Gaussians, where everything is known."""

from math import pi
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from gan_lab.errors import GanLabError
from gan_lab.network.velocity import Velocity
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch
from tests.gaussian_flow import GaussianVelocity
from tests.present import present
from tests.short_runs import fit

MEAN, STD, N = 0.7, 0.4, 100_000


class Uneven(Velocity):
    """v = 2t, whatever x is."""

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return 2 * t[:, None].expand_as(x)


def drawn(model: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Samples of the Gaussian, codes and times."""
    random = torch.Generator().manual_seed(0)
    x, z = torch.randn(2, N, 2, generator=random)
    return MEAN + STD * x, z, model.drawn_times(N, IndexedNoise(("times",), torch.device("cpu")))


def test_the_exact_velocity_has_the_least_loss_of_all(build_model: Any) -> None:
    """pi s / 2 in each coordinate; a slope that is off by a tenth has 0.01 E slope^2 (x_t - t m)^2 more."""
    model = build_model("model=flow_matching", "data=ring")
    velocity = model.generator.velocity = GaussianVelocity(MEAN, STD)
    x, z, t = drawn(model)
    terms = model.regression(x, z, t)
    least = terms.minimised["velocity"]
    assert least.item() == pytest.approx(pi * STD / 2, rel=0.02)
    least.backward()
    assert abs(present(velocity.scale.grad).item()) < 0.02
    with torch.no_grad():
        velocity.scale.fill_(1.1)
        more = model.regression(x, z, t).minimised["velocity"] - least
        expected = 0.01 * (velocity.slope(t)[:, 0] ** 2 * velocity.variance(t)).mean()
    assert more.item() == pytest.approx(expected.item(), rel=0.3)


def test_halves_of_the_time_make_up_the_loss(build_model: Any) -> None:
    model = build_model("model=flow_matching", "data=ring")
    x, z, t = drawn(model)
    terms = model.regression(x, z, t)
    late = (t >= 0.5).float().mean()
    whole = (1 - late) * terms.diagnostics["early"] + late * terms.diagnostics["late"]
    torch.testing.assert_close(whole, terms.minimised["velocity"].detach())
    alone = model.regression(x[:3], z[:3], torch.full((3,), 0.9)).diagnostics
    assert alone["early"] == 0


def test_the_flow_of_the_exact_velocity_makes_the_gaussian_of_the_code(build_model: Any) -> None:
    model = build_model("model=flow_matching", "data=ring", "flow.steps=50")
    model.generator.velocity = GaussianVelocity(MEAN, STD)
    z = torch.randn(100, 2, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(model.generator(z), MEAN + STD * z, rtol=0, atol=2e-3)
        torch.testing.assert_close(model.generator.path(z, "heun", 50)[-1], model.generator(z))
    assert model.generator.passes == 100


def test_straightness_is_the_variance_of_the_velocity_along_a_path(build_model: Any) -> None:
    """Of v = 2t at the times k / 8, it is 4 (8^2 - 1) / 12 / 8^2; of a velocity that stays, 0."""
    model = build_model("model=flow_matching", "data=ring")
    model.generator.velocity = Uneven(shape=(2,))
    assert model.straightness().item() == pytest.approx(4 * 63 / 12 / 64, rel=1e-5)
    model.generator.velocity = GaussianVelocity(MEAN, STD)
    model.generator.velocity.scale.data.zero_()
    assert model.straightness().item() == pytest.approx(0, abs=1e-10)


def test_logit_normal_times_are_those_of_a_normal_number(build_model: Any) -> None:
    model = build_model("model=flow_matching", "data=ring", "model.times=logit_normal")
    _, _, t = drawn(model)
    number = t.logit()
    assert number.mean().item() == pytest.approx(0, abs=0.02)
    assert number.std().item() == pytest.approx(1, abs=0.02)
    uniform = drawn(build_model("model=flow_matching", "data=ring"))[2]
    assert uniform.std().item() == pytest.approx(12**-0.5, abs=0.01)


def test_one_player_learns_from_one_batch_and_the_codes_are_left(build_model: Any) -> None:
    model = build_model("model=flow_matching", "data=ring", "prior=gaussian_mixture")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    fit(model, rounds=2)
    changed = {name.partition(".")[0] for name, value in model.state_dict().items() if (before[name] != value).any()}
    assert changed == {"generator", "average"}
    assert model.counters() | {"seconds": 0, "cpu_seconds": 0} == {
        **{"rounds": 2, "generator_steps": 2, "images_seen": 128},
        **{"seconds": 0, "cpu_seconds": 0},
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("prior=labelled",), "prior=labelled gives each code a class"),
        (("prior=gaussian_mixture", "model.prior.trainable=true"), r"model\.prior\.trainable=false"),
        (("model.prior.dim=3",), r"a flow moves the 2 numbers .* leave model\.prior\.dim"),
        (("flow.velocity.shape=[3]",), r"leave model\.prior\.dim and flow\.velocity\.shape"),
        (("penalty=[r1]",), r"r1 is a rule for a critic, and flow matching has none"),
        (("flow.solver=midpoint",), r"solver is 'midpoint' and must be one of 'euler', 'heun'"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(build_model: Any, given: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        build_model("model=flow_matching", "data=ring", *given)


def operations(model: Any) -> int:
    """Those of one round on MNIST, forwards and backwards."""
    optimizers = dict(zip(model.players(), model.configure_optimizers(), strict=True))
    model.optimizer_of, model.manual_backward = optimizers.__getitem__, Tensor.backward
    batch = Batch(torch.rand(64, 1, 28, 28))
    with FlopCounterMode(display=False) as counter:
        model.play_round([batch] * model.batches_per_round)
    return counter.get_total_flops()


@pytest.mark.slow
def test_a_step_has_about_the_operations_of_one_of_the_best_gan(build_model: Any) -> None:
    """Its lazy penalty, which is computed in every sixteenth step, is left out."""
    gan, flow = build_model("experiment=best_mnist"), build_model("experiment=flow_mnist")
    gan.penalties = nn.ModuleDict()
    assert operations(flow) == pytest.approx(operations(gan), rel=0.2)
