"""Tests an extractor on a ladder of corruptions: measures must get worse as images do."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from gan_lab.data.base import DataModule, Samples
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.prdc import prdc
from gan_lab.metric.real_images import quantised
from gan_lab.noise import seed_of

NOISE = (0.05, 0.1, 0.2, 0.4)
BLUR = (3, 5)
DROPPED = (1, 2, 3, 4, 5)
DIMMED = 0.9
PIXELS = 2000

Images = UInt8[Tensor, "n c h w"]


def with_noise(images: Images, std: float, generator: torch.Generator) -> Images:
    """Adds N(0, std²) noise, with std in units of the pixel range, and clips."""
    noise = torch.randn(images.shape, generator=generator)
    return (images + 255 * std * noise).round().clamp(0, 255).to(torch.uint8)


def blurred(images: Images, size: int) -> Images:
    """Returns means over squares of size × size pixels (odd), with black beyond the border."""
    return F.avg_pool2d(images.float(), size, stride=1, padding=size // 2).round().to(torch.uint8)


def shifted(images: Images) -> Images:
    """Returns the images one pixel farther right, with black at the left."""
    return F.pad(images, (1, 0))[..., :-1]


def dimmed(images: Images, factor: float) -> Images:
    """Returns the images with every value multiplied by the factor."""
    return (images.float() * factor).round().to(torch.uint8)


def halves(images: Images, labels: Int[Tensor, " n"]) -> Images:
    """Returns images whose upper half is that of one image, and whose lower half that of another of its class.

    The other is the next of the class, after the last one the first: so every half occurs once, and a class of one
    image is left as it is. Statistics of either half are those of real images; only how the halves fit is not.
    """
    put_together = images.clone()
    middle = images.shape[2] // 2
    for label in labels.unique():
        of_class = (labels == label).nonzero()[:, 0]
        put_together[of_class, :, middle:] = images[of_class.roll(-1), :, middle:]
    return put_together


def gaussian_garbage(images: Images, n: int, components: int, generator: torch.Generator) -> UInt8[Tensor, "m c h w"]:
    """Draws n times from the Gaussian with the images' mean and first principal components."""
    flat = images.flatten(1).double()
    mean = flat.mean(0)
    if flat.shape[1] <= PIXELS:
        values, vectors = torch.linalg.eigh((flat - mean).T.cov())
    else:  # a covariance of so many pixels would take minutes: fewer images, by their singular values
        few = flat[:PIXELS] - mean
        singular, axes = torch.linalg.svd(few, full_matrices=False)[1:]
        values, vectors = singular.flip(0).square() / (len(few) - 1), axes.flip(0).T
    scaled = vectors[:, -components:] * values[-components:].clamp(min=0.0).sqrt()
    drawn = torch.randn(n, scaled.shape[1], generator=generator, dtype=torch.float64)
    return (mean + drawn @ scaled.T).round().clamp(0, 255).to(torch.uint8).view(n, *images.shape[1:])


def without_classes(samples: Samples, dropped: int, num_classes: int) -> Samples:
    """Returns the samples whose label is not one of the last `dropped`."""
    assert samples.labels is not None
    return samples.subset((samples.labels < num_classes - dropped).nonzero()[:, 0])


def ladder(extractor: Extractor, data: DataModule) -> dict[str, dict[str, float | bool]]:
    """Returns the measures of corrupted images of labelled data, n of each kind against as many real ones.

    The reference is the first n ≤ 3000 of `data.validation`, corrupted images come from the rest. The result holds the
    values of `measures` by rung. Then, under `checks`, whether FID rises from rung to rung, and the share of dead
    features (variance below 1e-10 of the largest).
    """
    n = size(data)
    reference = features(extractor, quantised(data.validation, n))
    steps = {name: measures(reference, features(extractor, images)) for name, images in rungs(data, seed=0).items()}
    variances = reference.double().var(0)
    checks: dict[str, float | bool] = {"n": n, "dead": (variances <= 1e-10 * variances.max()).double().mean().item()}
    for kind in ("noise", "blur", "dropped"):
        heights = [found["fid"] for name, found in steps.items() if name == "real" or name.startswith(kind)]
        checks[f"{kind}_rises"] = all(low < high for low, high in pairwise(heights))
    return steps | {"checks": checks}


def size(data: DataModule) -> int:
    """Returns n ≤ 3000 such that twice as many remain: enough when half of the classes are dropped."""
    return min(3000, len(data.validation) // 3)


def rungs(data: DataModule, seed: int) -> dict[str, Images]:
    """Returns n images of each kind, real and corrupted, from the validation images that are not in the reference."""
    n = size(data)
    generator = torch.Generator().manual_seed(seed_of(seed, "ladder"))
    rest = data.validation.subset(slice(n, None))
    honest = quantised(rest, n)
    fewer = [dropped for dropped in DROPPED if dropped < data.num_classes]
    images = {"real": honest, "garbage": gaussian_garbage(quantised(data.train, 10_000), n, 50, generator)}
    assert rest.labels is not None
    images |= {"shifted": shifted(honest), "dimmed": dimmed(honest, DIMMED), "halves": halves(honest, rest.labels[:n])}
    images |= {f"noise_{std}": with_noise(honest, std, generator) for std in NOISE}
    images |= {f"blur_{size}": blurred(honest, size) for size in BLUR}
    images |= {f"dropped_{d}": quantised(without_classes(rest, d, data.num_classes), n) for d in fewer}
    return images


def measures(reference: Float[Tensor, "n d"], spoilt: Float[Tensor, "m d"]) -> dict[str, float | bool]:
    """Returns FID, FID over the trace of the reference's covariance (comparable between extractors), precision,
    recall."""
    metric = FrechetDistance()
    metric.set_reference(Reference(Features(reference)))
    fid = metric.of(Features(spoilt))["fid"]
    found = prdc(reference, spoilt, (3,))[3]
    per_trace = fid / reference.double().var(0).sum().item()
    return {"fid": fid, "fid_per_trace": per_trace, "precision_k3": found.precision, "recall_k3": found.recall}


def features(extractor: Extractor, images: Images) -> Float[Tensor, "n d"]:
    return torch.cat([extractor(batch) for batch in images.split(500)])
