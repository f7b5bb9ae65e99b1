"""python -m tests.benchmarks.loops.run bare|script VARIANT NETWORK: images per second without gan_lab, as JSON.

`bare` is a tidy loop: data in memory, fakes without a graph, one critic pass over both sides, a fused optimizer, the
average of the generator's weights. `script` is what users write: torchvision's MNIST through ToTensor and Normalize, a
DataLoader, one critic pass for each side and one for the penalty, Adam as it comes, `.item()` on every loss. Like
PyTorch-GAN's gan.py it detaches the fakes, and like its wgan_gp.py it does not.
"""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from tests.benchmarks.loops.networks import NETWORKS
from tests.benchmarks.loops.variants import (
    VARIANTS,
    Prior,
    consistency,
    critic_loss,
    generator_loss,
    gradient_penalty,
)

BATCH = 64
Batches = Iterator[tuple[Tensor, Tensor]]


def in_memory(root: Path, device: torch.device) -> Batches:
    """Batches in random order, from a tensor on the device."""
    data = datasets.MNIST(root)
    images, labels = data.data[:, None].to(device), data.targets.to(device)
    while True:
        for which in torch.randperm(len(images), device=device).split(BATCH)[:-1]:
            yield images[which].float() / 127.5 - 1, labels[which]


def loader(root: Path, device: torch.device) -> Batches:
    """Batches as the tutorials load them."""
    change = transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.5], [0.5])])
    batches = DataLoader(datasets.MNIST(root, transform=change), batch_size=BATCH, shuffle=True)
    while True:
        for images, labels in batches:
            yield images.to(device), labels.to(device)


class Loop:
    """The nets, the optimizers and the data of one run; subclasses say how a turn is written."""

    def __init__(self, name: str, network: str, device: torch.device, fused: bool | None, batches: Batches) -> None:
        self.variant = VARIANTS[name]
        torch.manual_seed(0)
        generator, critic = NETWORKS[network](100, self.variant.outputs, self.variant.dropout, self.variant.norm)
        self.generator, self.critic = generator.to(device), critic.to(device)
        self.prior = Prior(self.variant.mixture).to(device)
        self.device, self.batches = device, batches
        options: dict[str, Any] = {"lr": self.variant.lr, "betas": self.variant.betas, "fused": fused}
        self.generating = [*self.generator.parameters(), *self.prior.parameters()]
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), **options)
        self.generator_optimizer = torch.optim.Adam(self.generating, **options)


class Bare(Loop):
    """Nothing that costs without need."""

    def __init__(self, name: str, network: str, device: torch.device, root: Path, bf16: bool) -> None:
        super().__init__(name, network, device, True, in_memory(root, device))
        self.average = [p.detach().clone() for p in self.generating]
        self.precision = torch.autocast(device.type, torch.bfloat16) if bf16 else nullcontext()

    def round(self) -> None:
        for _ in range(self.variant.n_critic):
            real, labels = next(self.batches)
            with self.precision:
                with torch.no_grad():
                    fake = self.generator(self.prior(len(real), self.device)[0]).float()
                scores = self.critic(torch.cat([real, fake]))[0].float()
            loss = critic_loss(self.variant, scores[:BATCH], scores[BATCH:], labels)
            if self.variant.gradient_penalty:
                loss = loss + gradient_penalty(self.critic, real, fake)
            if self.variant.consistency:
                loss = loss + consistency(self.critic, real)
            self.critic_optimizer.zero_grad()
            loss.backward()
            self.critic_optimizer.step()
        self.critic.requires_grad_(False)
        with self.precision:
            z, component = self.prior(BATCH, self.device)
            scores = self.critic(self.generator(z).float())[0].float()
        self.generator_optimizer.zero_grad()
        generator_loss(self.variant, scores, component).backward()
        self.generator_optimizer.step()
        self.critic.requires_grad_(True)
        torch._foreach_lerp_(self.average, [p.detach() for p in self.generating], 0.001)


class Script(Loop):
    """The tutorial's way."""

    def __init__(self, name: str, network: str, device: torch.device, root: Path) -> None:
        super().__init__(name, network, device, None, loader(root, device))

    def round(self) -> None:
        for _ in range(self.variant.n_critic):
            real, labels = next(self.batches)
            self.critic_optimizer.zero_grad()
            z, component = self.prior(len(real), self.device)
            fake = self.generator(z)
            if not self.variant.gradient_penalty:
                fake = fake.detach()
            on_real, on_fake = self.critic(real)[0], self.critic(fake)[0]
            loss = critic_loss(self.variant, on_real, on_fake, labels)
            if self.variant.gradient_penalty:
                loss = loss + gradient_penalty(self.critic, real, fake.detach())
            if self.variant.consistency:
                loss = loss + consistency(self.critic, real)
            loss.backward()
            self.critic_optimizer.step()
            loss.item()
        self.generator_optimizer.zero_grad()
        z, component = self.prior(BATCH, self.device)
        loss = generator_loss(self.variant, self.critic(self.generator(z))[0], component)
        loss.backward()
        self.generator_optimizer.step()
        loss.item()


def busy_share(loop: Any, seconds: float) -> float | None:
    """The share of the time in which the GPU computes, of some rounds; None on a CPU."""
    if loop.device.type != "cuda":
        return None
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        elapsed = timed(loop, seconds)[1]
    return sum(event.self_device_time_total for event in profile.key_averages()) / 1e6 / elapsed


def timed(loop: Any, seconds: float) -> tuple[int, float]:
    """Rounds that were played, and in how many seconds: about as many as were asked for."""
    synchronise = torch.cuda.synchronize if loop.device.type == "cuda" else lambda: None
    synchronise()
    rounds, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        loop.round()
        rounds += 1
        synchronise() if rounds % 20 == 0 else None
    synchronise()
    return rounds, max(elapsed, time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=["bare", "script"])
    parser.add_argument("variant", choices=VARIANTS)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--no-profile", action="store_true", help="do not measure how busy a GPU is")
    options = parser.parse_args()
    device = torch.device(options.device)
    given = (options.variant, options.network, device, options.root)
    loop = Bare(*given, options.bf16) if options.way == "bare" else Script(*given)
    for _ in range(3):
        loop.round()
    rounds, elapsed = timed(loop, options.seconds)
    result = {
        "images_per_second": rounds * loop.variant.n_critic * BATCH / elapsed,
        "milliseconds_per_round": 1000 * elapsed / rounds,
        "gpu_busy": None if options.no_profile else busy_share(loop, 1.0),
    }
    parameters = chain(loop.critic.parameters(), loop.generating)
    if not all(p.isfinite().all() for p in parameters):
        raise SystemExit("the loop has diverged: its time means nothing")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
