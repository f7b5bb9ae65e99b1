"""Trains the classifier of `TrainedFeatures`."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Int, UInt8
from torch import Tensor
from tqdm import tqdm

from gan_lab.metric.extractor.convnet import ConvClassifier
from gan_lab.noise import seed_of

EPOCHS, STEPS = 8, 400
"""The smallest numbers of epochs and of steps; 8 epochs of MNIST are 1568 steps of 256 images."""


def epochs_for(images: int, batch_size: int) -> int:
    """Returns the number of epochs for this many images: 8, or more where that gives fewer than 400 steps."""
    return max(EPOCHS, math.ceil(STEPS / math.ceil(images / batch_size)))


def train_classifier(
    images: UInt8[Tensor, "n c h w"],
    labels: Int[Tensor, " n"],
    *,
    classes: int,
    epochs: int,
    batch_size: int,
    lr: float,
    seed: int,
) -> ConvClassifier:
    """Minimises the cross-entropy by AdamW, with a learning rate that falls to 0 along a half cosine.

    Each epoch has a new random order; the last batch may be smaller.

    Everything random follows from `seed`, and the caller's random state is left as it was. On one machine
    with one number of threads the result is the same to the bit.
    """
    channels, height, width = images.shape[1:]
    deterministic = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed_of(seed, "extractor"))
            classifier = ConvClassifier(channels=channels, height=height, width=width, classes=classes)
            optimizer = torch.optim.AdamW(classifier.parameters(), lr=lr)
            steps = epochs * math.ceil(len(images) / batch_size)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
            progress = tqdm(total=epochs * len(images), unit="image", unit_scale=True, desc="extractor")
            for _ in range(epochs):
                for chosen in torch.randperm(len(images)).split(batch_size):
                    loss = F.cross_entropy(classifier(images[chosen].float() / 255.0), labels[chosen])
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    schedule.step()
                    progress.update(len(chosen))
            progress.close()
    finally:
        torch.use_deterministic_algorithms(deterministic)
    return classifier.eval()
