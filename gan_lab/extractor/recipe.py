"""Trains the network of `TrainedFeatures`."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn
from tqdm import tqdm

from gan_lab.extractor.augmentation import two_views
from gan_lab.metric.extractor.pooled_network import PooledNetwork
from gan_lab.noise import seed_of

WITH_LABELS, WITHOUT_LABELS = (8, 200), (1, 300)
"""The smallest numbers of epochs and of steps; an epoch of MNIST is 391 steps of 128 images, each seen twice."""

AGREEMENT, REDUNDANCY, REDUNDANCY_ALONE = 1.5, 3.5, 0.5
"""The weights of the two parts of `agreement`, the second one beside the cross-entropy and without labels. There it is
small, because the bias of FID grows with the number of directions in which features vary."""


def epochs_for(images: int, batch_size: int, labelled: bool) -> int:
    """Returns the number of epochs for this many images: 8, or more where that gives fewer than 200 steps. Without
    labels it is 1, or more where that gives fewer than 300."""
    epochs, steps = WITH_LABELS if labelled else WITHOUT_LABELS
    return max(epochs, math.ceil(steps / math.ceil(images / batch_size)))


def train_network(
    images: UInt8[Tensor, "n c h w"],
    labels: Int[Tensor, " n"] | None,
    *,
    classes: int,
    epochs: int,
    batch_size: int,
    lr: float,
    seed: int,
) -> PooledNetwork:
    """Minimises `loss_of` `two_views` of each image by AdamW, with a learning rate that falls to 0 along a
    half cosine, and then does `settle_statistics`. Without labels `classes` is 0.

    Each epoch has a new random order; the last batch may be smaller.

    Everything random follows from `seed`, and the caller's random state is left as it was. On one machine
    with one number of threads the result is the same to the bit.
    """
    deterministic = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        with torch.random.fork_rng(devices=[]):
            generator = torch.default_generator.manual_seed(seed_of(seed, "extractor"))
            network = PooledNetwork(channels=images.shape[1], classes=classes)
            network.to(memory_format=torch.channels_last)
            optimizer = torch.optim.AdamW(network.parameters(), lr=lr)
            steps = epochs * math.ceil(len(images) / batch_size)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
            progress = tqdm(total=epochs * len(images), unit="image", unit_scale=True, desc="extractor")
            for _ in range(epochs):
                for chosen in torch.randperm(len(images)).split(batch_size):
                    batch = images[chosen].float() / 255.0
                    views = torch.cat(two_views(batch, generator))
                    learnt = None if labels is None else labels[chosen]
                    loss = loss_of(network, views.contiguous(memory_format=torch.channels_last), learnt)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    schedule.step()
                    progress.update(len(chosen))
            progress.close()
            settle_statistics(network, images)
    finally:
        torch.use_deterministic_algorithms(deterministic)
    return network.eval()


@torch.no_grad()
def settle_statistics(network: PooledNetwork, images: UInt8[Tensor, "n c h w"]) -> None:
    """Sets the statistics of batch normalisation to those of the images as they are, averaged over batches.

    Training leaves running means, of the views and of weights that were still changing; after few steps they are far
    from either.
    """
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.reset_running_stats()
            norm.momentum = None  # a cumulative mean
    for batch in images.split(1000):
        network.extract(batch.float() / 255.0)


def loss_of(
    network: PooledNetwork, views: Float[Tensor, "b2 c h w"], labels: Int[Tensor, " b"] | None
) -> Float[Tensor, ""]:
    """Returns `agreement` of the features of two views of b images and, with labels, their cross-entropy in addition.

    Without labels this is Barlow Twins (Zbontar et al. 2021, arXiv 2103.03230). It needs no large batches, as SimCLR
    does (Chen et al. 2020, arXiv 2002.05709), and no second network. Its second part keeps all features from saying
    the same.

    *Deviation:* the features are compared themselves, without a projection that is thrown away afterwards.
    """
    features, logits = network.extract(views)
    apart, redundant = agreement(*features.chunk(2))
    if labels is None or logits is None:
        return AGREEMENT * apart + REDUNDANCY_ALONE * redundant
    return F.cross_entropy(logits, labels.repeat(2)) + AGREEMENT * apart + REDUNDANCY * redundant


def agreement(first: Float[Tensor, "b d"], second: Float[Tensor, "b d"]) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Returns the means of 1 - C_ii and of C_ij², i ≠ j, where C_ij is the correlation of feature i of one view with
    feature j of the other, as in Barlow Twins (Zbontar et al. 2021, arXiv 2103.03230).

    The first part, half the mean squared difference of the standardised features, makes them ignore what augmentation
    changes. The second keeps them from all saying the class: a classifier alone would let them, and could not tell
    halves of different digits from whole ones.

    *Deviation:* 1 - C_ii in place of its square, whose gradient vanishes while a tenth of the variance is still due to
    augmentation.
    """
    one, other = (standardised(features) for features in (first, second))
    correlations = one.T @ other / len(one)
    same = correlations.diagonal()
    pairs = len(correlations) * (len(correlations) - 1)
    return (1.0 - same).mean(), (correlations.square().sum() - same.square().sum()) / pairs


def standardised(features: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
    """Returns the features with mean 0 and variance 1 over the batch; those that do not vary stay 0."""
    centred = features - features.mean(0)
    return centred / (centred.square().mean(0) + 1e-8).sqrt()
