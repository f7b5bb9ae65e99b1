"""Ways to make WGAN-GP's critic turn faster, each by itself beside the others: what was taken up and what was not."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad

from gan_lab.network.convolution import Halving
from gan_lab.network.rectifier import LeakyReLU
from gan_lab.network.slopes import ScoresAndSlopes
from gan_lab.training.memory import keep_freed_memory
from tests.benchmarks.loops.networks import NETWORKS, OURS, Critic
from tests.benchmarks.timing import side_by_side, summary

BATCH = 64


def leads(device: torch.device, turns: int = 10, repeats: int = 7) -> dict[str, Any]:
    """By network: seconds of ten critic turns each way, and how many times as long as ours they took."""
    keep_freed_memory()
    result = {}
    for network in OURS:
        torch.manual_seed(0)
        torchs = NETWORKS[network](100, 1, 0.0, True)[1].to(device)
        rectified = with_rectifier(torchs)
        ours = with_convolutions(rectified)
        samples = torch.rand(3, BATCH, 1, 28, 28, device=device)
        ways = {
            "ours": turn(ours, samples, loss=together if network == "mlp" else one_pass),
            "torch's leaky ReLU": turn(torchs, samples),
            "three critic passes": turn(ours, samples, loss=three_passes),
            "Adam's plain loop": turn(ours, samples, fused=None),
            "bfloat16 but for the penalty": turn(ours, samples, loss=half),
            "torch.compile": turn(torchs, samples, loss=torch.compile(functional, fullgraph=True)),
        }
        if network == "mlp":
            ways["scores and slopes one after the other"] = turn(ours, samples)
        else:
            ways["torch's convolutions"] = turn(rectified, samples)
            ways["channels-last convolutions"] = turn(ours, samples, form=torch.channels_last)
        many = {name: repeated(way, turns) for name, way in ways.items()}
        side_by_side(many, 1, f"warming up, {network}")
        result[network] = summary(side_by_side(many, repeats, f"leads, {network}"), "ours")
    return result


def repeated(way: Callable[[], None], times: int) -> Callable[[], None]:
    def work() -> None:
        for _ in range(times):
            way()

    return work


def with_rectifier(critic: Critic) -> Critic:
    """A copy with our leaky ReLU in the place of torch's."""
    copy = deepcopy(critic)
    for number, layer in enumerate(copy.body):
        if isinstance(layer, nn.LeakyReLU):
            copy.body[number] = LeakyReLU(layer.negative_slope)
    return copy


def with_convolutions(critic: Critic) -> Critic:
    """A copy with our convolutions in the place of torch's."""
    copy = deepcopy(critic)
    for number, layer in enumerate(copy.body):
        if isinstance(layer, nn.Conv2d):
            ours = Halving(layer.in_channels, layer.out_channels).to(layer.weight.device)
            ours.load_state_dict(layer.state_dict())
            copy.body[number] = ours
    return copy


def penalty(gradient: Tensor) -> Tensor:
    return 10 * ((gradient.flatten(1).square().sum(1) + 1e-12).sqrt() - 1).square().mean()


def of_gradient(critic: Critic, between: Tensor) -> Tensor:
    between = between.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between)[0].sum(), between, create_graph=True)
    return penalty(gradient)


def one_pass(critic: Critic, real: Tensor, fake: Tensor, between: Tensor) -> Tensor:
    scores = critic(torch.cat([real, fake]))[0]
    return scores[BATCH:].mean() - scores[:BATCH].mean() + of_gradient(critic, between)


def together(critic: Critic, real: Tensor, fake: Tensor, between: Tensor) -> Tensor:
    """As gan_lab does it for a critic of linear layers and rectifiers, which computes `between` itself."""
    middle, images = real.new_full((BATCH, 1), 0.5), torch.cat([real, fake]).flatten(1)
    scores, _, slopes = ScoresAndSlopes.apply(images, middle, 0.2, *critic.parameters())
    return scores[BATCH:].mean() - scores[:BATCH].mean() + penalty(slopes)


def three_passes(critic: Critic, real: Tensor, fake: Tensor, between: Tensor) -> Tensor:
    return critic(fake)[0].mean() - critic(real)[0].mean() + of_gradient(critic, between)


def half(critic: Critic, real: Tensor, fake: Tensor, between: Tensor) -> Tensor:
    with torch.autocast(real.device.type, torch.bfloat16):
        scores = critic(torch.cat([real, fake]))[0].float()
    return scores[BATCH:].mean() - scores[:BATCH].mean() + of_gradient(critic, between)


def functional(critic: Critic, real: Tensor, fake: Tensor, between: Tensor) -> Tensor:
    """The form that torch can compile whole."""
    weights: dict[str, Tensor] = dict(critic.named_parameters())

    def score(images: Tensor) -> Tensor:
        return functional_call(critic, weights, (images,))[0]

    scores = score(torch.cat([real, fake]))
    return scores[BATCH:].mean() - scores[:BATCH].mean() + penalty(grad(lambda x: score(x).sum())(between))


def turn(
    critic: Critic,
    samples: Tensor,
    *,
    loss: Callable[..., Tensor] = one_pass,
    fused: bool | None = True,
    form: torch.memory_format = torch.contiguous_format,
) -> Callable[[], None]:
    """A critic's turn on these reals, fakes and points between them."""
    critic = deepcopy(critic).to(memory_format=form)
    real, fake, between = (part.contiguous(memory_format=form) for part in samples)
    optimizer = torch.optim.Adam(critic.parameters(), 1e-4, (0.0, 0.9), fused=fused)

    def work() -> None:
        optimizer.zero_grad()
        loss(critic, real, fake, between).backward()
        optimizer.step()

    return work
