"""Whether an extractor can be trusted: it must see what is wrong with images, the more the worse it gets."""

from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor

from gan_lab.data.base import DataModule, Samples
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.frechet import covariance_factor, frechet_distance
from gan_lab.metric.precision_recall import precision_recall
from gan_lab.metric.real_images import quantised
from gan_lab.noise import seed_of

NOISE = (0.05, 0.1, 0.2, 0.4)
BLUR = (3, 5)
DROPPED = (1, 2, 3, 4, 5)

Images = UInt8[Tensor, "n c h w"]


def with_noise(images: Images, std: float, generator: torch.Generator) -> Images:
    """Adds N(0, std²), std in units of the range of a pixel, and clips."""
    noise = torch.randn(images.shape, generator=generator)
    return (images + 255 * std * noise).round().clamp(0, 255).to(torch.uint8)


def blurred(images: Images, size: int) -> Images:
    """The mean over a square of size × size pixels (odd), black beyond the border."""
    return F.avg_pool2d(images.float(), size, stride=1, padding=size // 2).round().to(torch.uint8)


def gaussian_garbage(images: Images, n: int, components: int, generator: torch.Generator) -> UInt8[Tensor, "m c h w"]:
    """n draws from the Gaussian that has the images' mean and their first principal components."""
    flat = images.flatten(1).double()
    mean = flat.mean(0)
    values, vectors = torch.linalg.eigh((flat - mean).T.cov())
    scaled = vectors[:, -components:] * values[-components:].clamp(min=0.0).sqrt()
    drawn = torch.randn(n, scaled.shape[1], generator=generator, dtype=torch.float64)
    return (mean + drawn @ scaled.T).round().clamp(0, 255).to(torch.uint8).view(n, *images.shape[1:])


def without_classes(samples: Samples, dropped: int, num_classes: int) -> Samples:
    """The samples whose label is not one of the last `dropped`."""
    assert samples.labels is not None
    return samples.subset((samples.labels < num_classes - dropped).nonzero()[:, 0])


def ladder(extractor: Extractor, data: DataModule, seed: int = 0) -> dict[str, dict[str, float | bool]]:
    """What the extractor sees in ever worse images of labelled data, n of each against as many real ones.

    The reference is the first n ≤ 3000 of `data.validation`, what is spoilt comes from the rest. By rung:
    `fid`, `fid_per_trace` (over the trace of the reference's covariance, which makes extractors
    comparable), `precision_k3`, `recall_k3`. Then, under `checks`, whether FID rises from rung to rung, and
    the share of dead features (variance below 1e-10 of the largest).
    """
    n = min(3000, len(data.validation) // 3)  # leaves n of the rest when half of the classes are dropped
    generator = torch.Generator().manual_seed(seed_of(seed, "ladder"))
    rest = data.validation.subset(slice(n, None))
    honest = quantised(rest, n)
    fewer = [dropped for dropped in DROPPED if dropped < data.num_classes]
    rungs = {"real": honest, "garbage": gaussian_garbage(quantised(data.train, 10_000), n, 50, generator)}
    rungs |= {f"noise_{std}": with_noise(honest, std, generator) for std in NOISE}
    rungs |= {f"blur_{size}": blurred(honest, size) for size in BLUR}
    rungs |= {f"dropped_{d}": quantised(without_classes(rest, d, data.num_classes), n) for d in fewer}

    reference = features(extractor, quantised(data.validation, n))
    distance = distance_to(reference)
    variances = reference.double().var(0)
    found: dict[str, dict[str, float | bool]] = {}
    for rung, images in rungs.items():
        spoilt = features(extractor, images)
        fid, (precision, recall) = distance(spoilt), precision_recall(reference, spoilt)
        per_trace = fid / variances.sum().item()
        found[rung] = {"fid": fid, "fid_per_trace": per_trace, "precision_k3": precision, "recall_k3": recall}
    checks: dict[str, float | bool] = {"n": n}
    for kind in ("noise", "blur", "dropped"):
        heights = [values["fid"] for rung, values in found.items() if rung == "real" or rung.startswith(kind)]
        checks[f"{kind}_rises"] = all(low < high for low, high in pairwise(heights))
    checks["dead"] = (variances <= 1e-10 * variances.max()).double().mean().item()
    return found | {"checks": checks}


def features(extractor: Extractor, images: Images) -> Float[Tensor, "n d"]:
    return torch.cat([extractor(batch) for batch in images.split(500)])


def distance_to(reference: Float[Tensor, "n d"]) -> Callable[[Float[Tensor, "m d"]], float]:
    """FID of other features against these."""
    mean = reference.double().mean(0)
    factor = covariance_factor(reference.double() - mean)
    return lambda other: frechet_distance(mean, factor, other.double().mean(0), other.double().T.cov()).item()
