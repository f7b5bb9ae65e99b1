"""Writes the generator and the critic as ONNX, and runs what it wrote: a file that differs is not left."""

import json
import warnings
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.export.inputs import Inputs, mixes
from gan_lab.export.unwritable import coupled, onnx_file, without_critic
from gan_lab.model.generative import GenerativeModule
from gan_lab.model.packing import packed
from gan_lab.network.base import Critic
from gan_lab.network.convolution import KERNEL, PADDING, STRIDE, Doubling, Halving
from gan_lab.network.minibatch import BatchStatistics
from gan_lab.trained_model import TrainedModel
from gan_lab.types import Latent

TOLERANCE = 1e-4
"""The largest difference of a number that onnxruntime computes from torch's, as a share of the largest number where
that is above 1, as scores may be."""
BATCHES = (1, 2, 64)
"""The sizes of the batches that are compared."""


class GeneratorGraph(nn.Module):
    """Maps noise, and a label or a component where there are some, to samples: the averaged prior and generator."""

    def __init__(self, module: GenerativeModule) -> None:
        super().__init__()
        self.prior, self.generator = module.averaged_prior, plain(module.averaged_generator)
        self.mixes = mixes(module)

    def forward(self, noise: Float[Tensor, "b d"], choice: Int[Tensor, " b"] | None = None) -> Tensor:
        if self.mixes:
            mean, std = self.prior.gaussian(Latent(noise, choice))
            noise = mean + std * noise
        return self.generator(noise, choice)


class CriticGraph(nn.Module):
    """Maps samples to raw scores, high for real."""

    def __init__(self, critic: Critic) -> None:
        super().__init__()
        self.critic = plain(critic)

    def forward(self, samples: Float[Tensor, " b *shape"]) -> Tensor:
        return self.critic(samples).score


def plain(network: nn.Module) -> nn.Module:
    """Returns a copy with torch's own convolutions, which every program that runs ONNX has."""
    copied = deepcopy(network)
    for module in [*copied.modules()]:
        for name, layer in module.named_children():
            if isinstance(layer, Halving | Doubling):
                kind = nn.Conv2d if isinstance(layer, Halving) else nn.ConvTranspose2d
                sizes = layer.in_channels, layer.out_channels, KERNEL, STRIDE, PADDING
                twin = nn.utils.skip_init(kind, *sizes)
                twin.load_state_dict({"weight": layer.weight, "bias": layer.bias})
                setattr(module, name, twin)
    return copied


def write_onnx(
    trained: TrainedModel, inputs: Inputs, networks: Sequence[str], folder: Path, more: dict[str, str]
) -> dict[str, float]:
    """Writes NETWORK.onnx for each of the networks into a folder, with any size of the batch, and returns for each the
    largest difference between what onnxruntime and torch compute.

    The metadata of a file are `described` and `more`. Raises GanLabError for a network that cannot be written, and for
    an output that differs by more than 1e-4, or this share of its largest number.
    """
    critic = trained.module.critic if "critic" in networks else None
    if "critic" in networks and critic is None:
        raise without_critic()
    if critic is not None and any(isinstance(layer, BatchStatistics) for layer in critic.modules()):
        raise coupled()
    random = torch.Generator().manual_seed(0)
    samples = "images" if len(trained.config["data"]["shape"]) == 3 else "points"
    generator = GeneratorGraph(trained.module).eval()
    found = {}
    for name in networks:
        graph: nn.Module = generator
        if name == "generator":
            names, output = ("noise", *filter(None, [inputs.choice])), samples
            batches = [generator_batch(inputs, n, random) for n in BATCHES]
        else:
            assert critic is not None
            graph, names, output = CriticGraph(critic).eval(), (samples,), "score"
            batches = [critic_batch(trained.module, generator, inputs, n, random) for n in BATCHES]
        path, example = folder / onnx_file(name), dict(zip(names, batches[1], strict=True))
        write_graph(graph, example, output, path, described(trained, inputs, name) | more)
        found[name] = checked(graph, names, batches, path)
    return found


def generator_batch(inputs: Inputs, n: int, random: torch.Generator) -> tuple[Tensor, ...]:
    """Returns noise of the law, with all labels or components in turn."""
    if "uniform" in inputs.law:
        noise = 2 * torch.rand(n, inputs.dim, generator=random) - 1
    else:
        noise = torch.randn(n, inputs.dim, generator=random)
    return (noise, torch.arange(n) % inputs.choices) if inputs.choice else (noise,)


def critic_batch(
    module: GenerativeModule, generator: GeneratorGraph, inputs: Inputs, n: int, random: torch.Generator
) -> tuple[Tensor, ...]:
    """Returns n generated samples, every second one mixed with noise, or n packs of them where the critic judges
    packs."""
    with torch.no_grad():
        x = packed(generator(*generator_batch(inputs, n * module.packing, random)), module.packing)
    mixed = (x + 2 * torch.rand(x.shape, generator=random) - 1) / 2
    return (torch.stack([mixed[i] if i % 2 else x[i] for i in range(n)]),)


def write_graph(
    graph: nn.Module, example: Mapping[str, Tensor], output: str, path: Path, metadata: Mapping[str, str]
) -> None:
    """Writes one network with its metadata. Raises GanLabError where it has no form in ONNX."""
    import onnx

    batch = torch.export.Dim("batch")
    try:
        with torch.no_grad(), warnings.catch_warnings(action="ignore"):  # of torch, to whoever maintains its exporter
            written = torch.onnx.export(
                graph,
                tuple(example.values()),
                input_names=[*example],
                output_names=[output],
                dynamic_shapes=tuple({0: batch} for _ in example),
                dynamo=True,
                verbose=False,
            )
    except (torch.onnx.OnnxExporterError, RuntimeError, ValueError, TypeError) as error:
        why = " ".join(str(error.__cause__ or error).split())
        raise GanLabError(f"the {path.stem} cannot be written as ONNX with any size of the batch: {why}") from error
    model = written.model_proto  # type: ignore[union-attr]
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.save(model, path)


def checked(graph: nn.Module, names: Sequence[str], batches: Sequence[tuple[Tensor, ...]], path: Path) -> float:
    """Returns the largest difference between what onnxruntime computes with a file and torch with its network."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    largest = 0.0
    for batch in batches:
        try:
            (found,) = session.run(None, {name: x.numpy() for name, x in zip(names, batch, strict=True)})
        except Exception as error:  # onnxruntime's have no base class of their own
            raise GanLabError(f"{path.name} cannot be run with a batch of {len(batch[0])}: {error}") from error
        with torch.no_grad():
            wanted = graph(*batch)
        same_shape = found.shape == wanted.shape
        difference = float((torch.from_numpy(found) - wanted).abs().max()) if same_shape else torch.inf
        size = float(wanted.abs().max())
        if not difference <= TOLERANCE * max(1.0, size):  # neither is NaN
            raise GanLabError(
                f"what onnxruntime computes with {path.name}, numbers up to {size:.3g}, differs from torch by "
                f"{difference:.2g}, more than {TOLERANCE * max(1.0, size):.2g}, so that nothing is written "
                "(networks=[...] leaves it out)"
            )
        largest = max(largest, difference)
    return largest


def described(trained: TrainedModel, inputs: Inputs, network: str) -> dict[str, str]:
    """Returns the metadata of a file: where it comes from, what its pixels are, and the law of its noise."""
    stated, images = trained.stated, len(trained.config["data"]["shape"]) == 3
    found = {
        "network": network,
        **{key: str(stated[key]) for key in ("variant", "dataset", "training_seed", "generator_steps", "sha256")},
        "pixels": "[-1, 1], channel height width; uint8 = round(127.5 (x + 1))" if images else "points in the plane",
    }
    if network == "generator":
        found |= {"noise": f"{inputs.dim} independent numbers, {inputs.law}"}
    if inputs.choice:
        found |= {inputs.choice: f"a whole number from 0 to {inputs.choices - 1}, each as likely"}
        found |= {"classes": json.dumps(inputs.classes), "class": f"number {inputs.choice} mod length of classes"}
    return found
