"""InfoGAN against closed forms, plain lines, and what must reach whom."""

from math import log, pi, sqrt
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_lab.build import build
from gan_lab.errors import GanLabError
from gan_lab.metric.clusters import adjusted_rand_index
from gan_lab.metric.components import confusion_matrix
from gan_lab.model.infogan import LEAST_STD
from gan_lab.types import Batch, Latent
from tests.present import present
from tests.short_runs import fit, ring

K, CODES = 4, 2


def built(build_model: Any, *overrides: str) -> Any:
    small = ("model.prior.dim=3", f"model.prior.components={K}", f"model.prior.continuous={CODES}")
    return build_model("model=infogan", "data=ring", *small, *overrides)


def says(model: Any, logits: Tensor, mean: Tensor, spread: Tensor) -> None:
    """The encoder gives every sample these scores."""
    nn.init.zeros_(model.encoder.head.weight)
    with torch.no_grad():
        model.encoder.head.bias.copy_(torch.cat([logits, mean, spread]))


def drawn(model: Any, n: int = 16) -> Latent:
    latent: Latent = model.prior.sample(n, torch.Generator().manual_seed(0))
    return latent


def test_information_of_given_answers(build_model: Any) -> None:
    """With a softmax and Gaussians that are the same for all fakes, by hand."""
    model = built(build_model, "model.categorical_weight=0.5", "model.continuous_weight=2")
    latent, fake = drawn(model), torch.zeros(16, 2)
    shares, mean, std = torch.tensor([0.1, 0.2, 0.3, 0.4]), torch.tensor([0.3, -1.0]), torch.tensor([0.5, 2.0])
    says(model, shares.log(), mean, (std - LEAST_STD).expm1().log())
    terms = model.recognise(fake, latent)
    component = present(latent.component)
    categorical = log(K) + shares.log()[component].mean().item()
    density = torch.distributions.Normal(mean, std).log_prob(latent.z[:, :CODES]).sum(1).mean().item()
    continuous = CODES * (0.5 * log(2 * pi) + 0.5) + density
    assert terms.diagnostics["categorical_information"].item() == pytest.approx(categorical, abs=1e-5)
    assert terms.diagnostics["continuous_information"].item() == pytest.approx(continuous, abs=1e-4)
    assert terms.minimised["categorical"].item() == pytest.approx(-0.5 * categorical, abs=1e-5)
    assert terms.minimised["continuous"].item() == pytest.approx(-2 * continuous, abs=1e-4)
    share = (component == 3).float().mean().item()
    assert terms.diagnostics["code_accuracy"].item() == pytest.approx(share)


def test_the_bound_is_the_information_where_the_encoder_is_the_posterior(build_model: Any) -> None:
    """A channel fake = c + s noise, I = log(1 + 1 / s^2) / 2, whose posterior is Gaussian; categories are lost."""
    model, s, n = built(build_model, "model.prior.continuous=1"), 0.5, 20_000
    latent = drawn(model, n)
    noise = torch.randn(n, 1, generator=torch.Generator().manual_seed(1))
    fake = torch.cat([latent.z[:, :1] + s * noise, torch.zeros(n, 1)], 1)
    std = s / sqrt(1 + s * s)
    rho = log(torch.tensor(std - LEAST_STD).expm1().item())

    class Posterior(nn.Module):
        def forward(self, x: Tensor) -> Any:
            scores = [torch.zeros(n, K), x[:, :1] / (1 + s * s), torch.full((n, 1), rho)]
            return type("Said", (), {"score": torch.cat(scores, 1)})

    model.encoder = Posterior()
    found = model.recognise(fake, latent).diagnostics
    assert found["continuous_information"].item() == pytest.approx(0.5 * log(1 + 1 / s**2), abs=0.03)
    assert found["categorical_information"].item() == pytest.approx(0, abs=1e-5)


def gradient(terms: dict[str, Tensor], module: nn.Module) -> float:
    """The largest gradient of the sum of the terms by a weight; 0 where they have no part in it."""
    total = torch.stack(list(terms.values())).sum()
    found = torch.autograd.grad(total, list(module.parameters()), retain_graph=True, allow_unused=True)
    return max((0.0 if g is None else g.abs().max().item()) for g in found)


def test_who_learns_in_which_turn(build_model: Any) -> None:
    """The critic's turn leaves generator and encoder alone; without weights the encoder is not trained at all."""
    model = built(build_model)
    turns = model.turns([Batch(torch.randn(16, 2))])
    critic = next(turns).terms.minimised
    assert (gradient(critic, model.generator), gradient(critic, model.encoder)) == (0, 0)
    generator = next(turns).terms.minimised
    for module in (model.generator, model.encoder):
        for name in ("categorical", "continuous"):
            assert gradient({name: generator[name]}, module) > 0, name
    assert gradient({"fake": generator["fake"]}, model.encoder) == 0


def test_without_weights_it_is_a_gan_whose_generator_gets_a_class(build_model: Any) -> None:
    """The same random numbers, and the same weights after three rounds."""
    weights = ("model.categorical_weight=0", "model.continuous_weight=0", "model.optimizers.generator.lr=0.0002")
    info = built(build_model, *weights)
    plain = build_model(
        "model=gan", "data=ring", "prior=info_codes", "model.prior.dim=3", f"model.prior.components={K}"
    )
    for part in ("generator", "critic"):
        getattr(plain, part).load_state_dict(getattr(info, part).state_dict())
    for model in (info, plain):
        fit(model, rounds=3)
    for part in ("generator", "critic"):
        for name, value in getattr(plain, part).state_dict().items():
            torch.testing.assert_close(getattr(info, part).state_dict()[name], value, rtol=1e-5, atol=1e-7)


@pytest.mark.slow
def test_categories_become_the_modes_of_the_ring(build_model: Any) -> None:
    """Of the eight Gaussians, without labels: pairs of samples in one category are in one mode, as no chance has it."""
    settings = ("penalty=[r1]", "model.prior.components=8", "model.prior.dim=4")
    model, data = build_model("model=infogan", "data=ring", *settings), ring()
    fit(model, rounds=300)
    assert data.train.labels is not None
    modes = torch.stack([data.train.values[data.train.labels == k].mean(0) for k in range(8)])
    latent = drawn(model, 1000)
    with torch.no_grad():
        points = model.averaged_generator.eval()(latent.z, latent.component)
    nearest = torch.cdist(points, modes).argmin(1)
    assert adjusted_rand_index(confusion_matrix(present(latent.component), nearest, 8).double()) > 0.5


def test_refusals(build_model: Any, composed: Any) -> None:
    for overrides, sentence in (
        (("prior=normal",), "the prior of InfoGAN must be of InfoCodes, not of Normal"),
        (("model.generator.classes=0",), "must get the categorical code"),
    ):
        with pytest.raises(GanLabError, match=sentence):
            build_model("model=infogan", "data=ring", *overrides)
    config = composed("model=infogan", "data=ring")["model"]
    config["encoder"]["outputs"] = 3
    with pytest.raises(GanLabError, match="gives 3 scores, and these codes need 14"):
        build(config, "model")
