"""Samples in the plane, each with its group and the training images that are nearest to it."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.evaluate.embedding import embed
from gan_lab.explore.half_precision import halved, single
from gan_lab.explore.layer_list import Layer, computed
from gan_lab.explore.tile_sheet import sheet_data
from gan_lab.images import to_uint8
from gan_lab.loss.classes import label_classes
from gan_lab.maths.float32 import full_float32
from gan_lab.metric.base import Evaluator
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.features import Features
from gan_lab.metric.neighbours import nearest
from gan_lab.metric.real_side import RealSide
from gan_lab.model.generative import GenerativeModule
from gan_lab.network.base import Generator
from gan_lab.noise import seed_of
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Latent

NEIGHBOURS = 3
"""The number of training images that are shown with each sample."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SampleMap:
    """n samples: their codes e in z = mean + std e, places in the plane, groups, and nearest training images.

    `closer` says of a sample that it is nearer to its nearest training image than that is to any other one: what
    authenticity counts, see `gan_lab.metric.copying`.
    """

    e: Float[Tensor, "n d"]
    component: Int[Tensor, " n"] | None
    place: Float[Tensor, "n 2"]
    group: Int[Tensor, " n"]
    grouped_by: str
    neighbours: Int[Tensor, "n k"]
    distance: Float[Tensor, "n k"]
    closer: Bool[Tensor, " n"]
    train: UInt8[Tensor, "m c h w"]

    def data(self) -> dict[str, Any]:
        """Returns the map as data of a page."""
        shown, index = self.neighbours.unique(return_inverse=True)
        return {
            "count": len(self.e),
            "e": halved(self.e),
            "component": None if self.component is None else self.component.tolist(),
            "place": single(self.place),
            "group": self.group.tolist(),
            "groupedBy": self.grouped_by,
            "neighbours": index.tolist(),
            "distance": single(self.distance),
            "closer": self.closer.int().tolist(),
            "searched": len(self.train),
            "sheet": sheet_data(self.train[shown]),
        }


def codes_of(prior: LatentPrior, n: int) -> tuple[Latent, Float[Tensor, "n d"]]:
    """Returns n codes of the prior, always the same ones, and their e, which is rounded to half precision."""
    random = torch.Generator(next(iter(prior.buffers()), torch.zeros(())).device).manual_seed(seed_of("explore"))
    latent = prior.sample(n, random)
    e = prior.standard(latent).half().float()
    return prior.from_standard(e, latent), e


def sample_map(module: GenerativeModule, layers: list[Layer], data: DataModule, dataset: str, n: int) -> SampleMap:
    """Returns the map of n samples that the layers make, by the features that measure this data set.

    A sample's group is the class that it was drawn for, or else its predicted class where the features are those of a
    classifier of these data, or else its component.
    """
    generator, prior = module.averaged_networks
    with torch.no_grad(), full_float32():
        latent, e = codes_of(prior, n)
        images = torch.cat([images_of(generator, layers, part) for part in latent.split(AT_ONCE)])
        side = real_side(data, dataset)
        found = side.extract(images)
        train = side.train_features(len(data.train), "to find those nearest to samples")
        squared, index = nearest(found.features, train.features, min(NEIGHBOURS, len(data.train)))
        own, _ = nearest(train.features[index[:, 0]], train.features, 2)  # the first is itself, at distance 0
        group, name = groups(module, data, side, found, latent)
    return SampleMap(
        e=e.cpu(),
        component=None if latent.component is None else latent.component.cpu(),
        place=embed(found.features, seed=0),
        group=group.cpu(),
        grouped_by=name,
        neighbours=index.cpu(),
        distance=squared.cpu().sqrt(),
        closer=(squared[:, 0] <= own[:, 1]).cpu(),
        train=data.train.values,
    )


def images_of(generator: Generator, layers: list[Layer], latent: Latent) -> UInt8[Tensor, "n c h w"]:
    """Returns the images of codes as a screen shows them."""
    x = computed(layers, generator.concat_labels(latent.z, latent.component))
    if broken := int((~x.isfinite()).any(1).sum()):
        raise GanLabError(f"{broken} of {len(x)} samples are not finite: the model cannot be used")
    return to_uint8(x.unflatten(1, generator.shape))


def real_side(data: DataModule, dataset: str) -> RealSide:
    """Returns the features of these data by which evaluations measure them."""
    config = compose_config(f"data={dataset}", root="evaluate", keys=["metric"])["metric"]
    measure: Any = build(config, "metric", Evaluator)
    assert isinstance(measure, FeatureMeasure)
    return RealSide(
        measure.extractor,
        measure.cache,
        samples=data.validation,
        train=data.train,
        batch_size=measure.batch_size,
        device=torch.device("cpu"),
    )


def groups(
    module: GenerativeModule, data: DataModule, side: RealSide, found: Features, latent: Latent
) -> tuple[Int[Tensor, " n"], str]:
    """Returns the group of each sample, and what it is in a word."""
    if latent.component is not None and (classes := label_classes(module.loss, data.num_classes)):
        return latent.component % classes, "class"
    if found.logits is not None and side.extractor.classifies(data):
        return found.logits.argmax(1), "predicted class"
    if latent.component is not None:
        return latent.component, "component"
    return torch.zeros(len(found), dtype=torch.int64), ""
