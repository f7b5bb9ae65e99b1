"""The weight network of latent reweighting."""

import copy
from itertools import pairwise
from math import log
from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import _SpectralNorm
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from gan_lab.domains import AboveOne, BelowOne, NonNegative, Positive, PositiveInt, at_least
from gan_lab.errors import CalibrationError, GanLabError
from gan_lab.maths.float64 import double
from gan_lab.noise import seed_of
from gan_lab.runs.cache import Tensors
from gan_lab.sampler.calibration import effective_share
from gan_lab.sampler.context import SamplingContext, require_finite
from gan_lab.sampler.stated import Stated
from gan_lab.types import Latent

HEALTH = 10_000
"""The number of codes on which the trained weights are checked."""


class WeightNetwork(nn.Module):
    """w(z) = m sigmoid(u(z)) in (0, m); u has three ReLU layers. Its input is the standardised code and its component.

    Initially w = 1 everywhere: the last bias of u is -log(m - 1), and its last weights are 0.
    """

    def __init__(self, *, dim: int, components: int, m: Positive, hidden: PositiveInt) -> None:
        super().__init__()
        self.m = m
        self.components = components
        widths = [dim + components, hidden, hidden, hidden]
        layers: list[nn.Module] = []
        for first, second in pairwise(widths):
            layers += [nn.Linear(first, second), nn.ReLU()]
        last = nn.Linear(hidden, 1)
        nn.init.zeros_(last.weight)
        nn.init.constant_(last.bias, -log(m - 1))
        self.layers = nn.Sequential(*layers, last)

    def forward(self, e: Float[Tensor, "b d"], component: Tensor | None) -> Float[Tensor, " b"]:
        if self.components and component is not None:
            e = torch.cat([e, F.one_hot(component, self.components).to(e)], 1)
        return self.m * self.layers(e).squeeze(1).sigmoid()


class LatentWeights(Stated):
    """Learns w: Z -> (0, m) that minimises the Wasserstein distance between the data and G(z) weighted by w(z).

    The problem is min over w, max over 1-Lipschitz D of E_data D(x) - E_z w(z) D(G(z)), with E w = 1. A step of w
    minimises

        -mean(w (D - mean D)) + lambda_norm (mean w - 1)^2 + lambda_clip mean max(0, w - m)^2

    with D detached. Before it, `n_critic` steps of D minimise mean(w D(G(z))) - mean D(x) + gp mean (||grad D|| - 1)^2
    with w detached, where the penalty is at points between real and generated samples. D starts as the GAN's critic; if
    that judges by class, D is the score of each sample's class. The generator is not trained.
    w and D circle around their equilibrium instead of reaching it, so the result is the mean of w's parameters over the
    second half of the steps.
    Since w is bounded by m, the clipping term is 0. Public code has the first term with the other sign, which makes w
    larger where D finds samples fake, and trains for ten steps; this improves nothing.
    Source: Issenhuth et al. 2022, arXiv 2110.09803; Polyak & Juditsky 1992 for the mean. *Deviations:* the head m
    sigmoid(u), and the mean of D as baseline, instead of a ReLU and the smallest D, which keep E w at 1; the mean of
    the parameters instead of the last ones.
    """

    def __init__(
        self,
        *,
        m: AboveOne,
        hidden: PositiveInt,
        steps: PositiveInt,
        batch: Annotated[int, at_least(2)],
        n_critic: PositiveInt,
        gp: NonNegative,
        lambda_norm: NonNegative,
        lambda_clip: NonNegative,
        lr_w: Positive,
        lr_critic: Positive,
        betas: tuple[BelowOne, BelowOne],
        max_norm_error: Positive,
    ) -> None:
        self.m, self.hidden, self.steps, self.batch = m, hidden, steps, batch
        self.n_critic, self.gp = n_critic, gp
        self.lambda_norm, self.lambda_clip = lambda_norm, lambda_clip
        self.lr_w, self.lr_critic, self.betas = lr_w, lr_critic, betas
        self.max_norm_error = max_norm_error

    def prepare_on(self, context: SamplingContext) -> None:
        """Trains w or reads it from the cache. Raises CalibrationError if its mean deviates from 1 too much."""
        self.context = context
        self.network = self.new_network()
        key = {"what": "latent weights", "settings": str(self.stated())}
        found = context.prepared.get(key, self.train)
        self.network.load_state_dict(found)
        self.network.to(context.device, context.dtype).eval().requires_grad_(False)
        own = torch.Generator(context.device).manual_seed(seed_of("latent weights", "health"))
        w = double(self.weights(context.prior.sample(HEALTH, own)))
        share = effective_share(w.log())
        self.report = {"mean": w.mean().item(), "std": w.std().item(), "largest": w.max().item(), "ess_share": share}
        self.warnings: list[str] = []
        if not abs(w.mean().item() - 1) <= self.max_norm_error:
            raise CalibrationError(
                f"the weights' mean is {w.mean().item():.2f} and must be 1: raise lambda_norm, or lower lr_w"
            )
        if w.std() < 0.05:
            self.warnings.append("the weights are uniform: reweighting has no effect")

    def new_network(self) -> WeightNetwork:
        """Returns an untrained network, whose initial weights have a seed of their own."""
        prior = self.context.prior
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.context.seed_of("latent weights", "first"))
            network = WeightNetwork(dim=prior.dim, components=prior.components, m=self.m, hidden=self.hidden)
        return network.to(self.context.device, self.context.dtype)

    def weights(self, latent: Latent) -> Float[Tensor, " b"]:
        """Returns w of each code, computed in one batch."""
        self.context.passes["weights"] += len(latent.z) * self.context.passes_each
        return self.network(self.context.prior.standard(latent).to(self.context.dtype), latent.component)

    def train(self) -> Tensors:
        """Trains the network w for `steps` steps, and returns the mean of its parameters over the second half."""
        context = self.context
        if context.loss.needs_labels and context.data.train.labels is None:
            raise GanLabError("this critic judges by class, but the data have no labels")
        own = torch.Generator(context.device).manual_seed(context.seed_of("latent weights", "training"))
        critic = copy.deepcopy(context.critic).requires_grad_(True)  # a copy: the model's critic must not change
        for layer in critic.modules():
            layer.training = isinstance(layer, _SpectralNorm)  # spectral norms must follow the weights

        def level(x: Tensor, component: Tensor | None) -> Tensor:
            return context.loss.realness(critic(x).score, component)

        averaged = AveragedModel(self.network)
        of_w = torch.optim.Adam(self.network.parameters(), lr=self.lr_w, betas=self.betas)
        of_critic = torch.optim.Adam(critic.parameters(), lr=self.lr_critic, betas=self.betas)
        train = context.data.train
        for step in tqdm(range(self.steps), "latent weights", unit="step", leave=False):
            for _ in range(self.n_critic):
                latent = context.prior.sample(self.batch, own)
                chosen = torch.randint(len(train), (self.batch,), generator=own, device=context.device).cpu()
                real = train.batch(chosen)
                x = real.images.to(context.device, context.dtype)
                labels = None if real.labels is None else real.labels.to(context.device)
                fake, w = context.generate(latent), self.weights(latent)
                mix = torch.rand(self.batch, *[1] * (x.ndim - 1), generator=own, device=context.device).to(x)
                with torch.enable_grad():
                    apart = (w * level(fake, latent.component)).mean() - level(x, labels).mean()
                    between = (mix * x + (1 - mix) * fake).requires_grad_(True)
                    judged = level(between, latent.component).sum()
                    (gradient,) = torch.autograd.grad(judged, between, create_graph=True)
                    penalty = (gradient.flatten(1).norm(dim=1) - 1).square().mean()
                    of_critic.zero_grad()
                    (apart + self.gp * penalty).backward()
                of_critic.step()
            latent = context.prior.sample(self.batch, own)
            d = level(context.generate(latent), latent.component)
            require_finite(d, "critic's scores", f" at step {step} of {self.steps} of latent weights")
            with torch.enable_grad():
                w = self.weights(latent)
                loss = self.loss(w, d)
                of_w.zero_grad()
                loss.backward()
            of_w.step()
            if 2 * step >= self.steps - 1:
                averaged.update_parameters(self.network)
        return {name: value.detach() for name, value in averaged.module.state_dict().items()}

    def loss(self, w: Float[Tensor, " b"], d: Float[Tensor, " b"]) -> Float[Tensor, ""]:
        """Returns the loss of a step of w."""
        gain = (w * (d - d.mean())).mean()
        clip = (w - self.m).clamp(min=0).square().mean()
        return -gain + self.lambda_norm * (w.mean() - 1).square() + self.lambda_clip * clip
