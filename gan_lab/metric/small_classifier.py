"""A small classifier that a metric trains on images from the start, so that it depends on no extractor."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn

from gan_lab.maths.float32 import full_float32
from gan_lab.noise import seed_of
from gan_lab.terminal.bar import bar

BATCH = 100
"""Images of a training step."""
EPOCHS, STEPS = 10, 200
"""The smallest numbers of epochs and of steps; ten epochs of 10,000 images are 1,000 steps."""
LR = 2e-3
AT_ONCE = 1000
"""Images that are classified at once."""


class SmallClassifier(nn.Module):
    """5×5 and 3×3 convolutions of stride 2 with 16 and 32 channels, 128 units, logits; ReLU between them."""

    def __init__(self, *, channels: int, height: int, width: int, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 16, 5, stride=2, padding=2)
        self.conv2 = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.hidden = nn.Linear(32 * quartered(height) * quartered(width), 128)
        self.last = nn.Linear(128, classes)

    def forward(self, images: UInt8[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        maps = F.relu(self.conv2(F.relu(self.conv1(images.float() / 255.0))))
        return self.last(F.relu(self.hidden(maps.flatten(1))))


def quartered(size: int) -> int:
    """Returns how many rows or columns two layers of stride 2 leave."""
    return (size + 3) // 4


def train_small_classifier(
    images: UInt8[Tensor, "n c h w"], labels: Int[Tensor, " n"], *, classes: int, key: str, steps: int | None = None
) -> SmallClassifier:
    """Minimises the cross-entropy in ten epochs of steps of 100 images, or more epochs for 200 steps, by AdamW, with a
    learning rate that falls to 0 along a half cosine. `steps` is another number of steps.

    Each epoch has a new random order. Everything random follows from `key`, and the caller's random state is left as it
    was. It is trained on one thread of the processor: the result does not depend on their number, nor on a GPU.
    """
    channels, height, width = images.shape[1:]
    steps = steps or max(STEPS, EPOCHS * -(-len(images) // BATCH))
    images, labels = images.cpu(), labels.cpu()
    with (
        torch.inference_mode(False),
        torch.enable_grad(),
        torch.autocast("cpu", enabled=False),
        full_float32(),
        one_thread(),
        torch.random.fork_rng(devices=[]),
    ):
        torch.default_generator.manual_seed(seed_of("small classifier", key))
        classifier = SmallClassifier(channels=channels, height=height, width=width, classes=classes)
        optimizer = torch.optim.AdamW(classifier.parameters(), lr=LR)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        for chosen in bar(batches(len(images), steps), "training a classifier"):
            loss = F.cross_entropy(classifier(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return classifier.eval()


def batches(n: int, steps: int) -> list[Int[Tensor, " b"]]:
    """Returns the indices of the images of each step, epoch after epoch in a new order; each epoch has every image
    once, and no batch has images of two epochs."""
    found: list[Int[Tensor, " b"]] = []
    while len(found) < steps:
        found += torch.randperm(n).split(BATCH)
    return found[:steps]


def classify(classifier: SmallClassifier, images: UInt8[Tensor, "n c h w"]) -> Int[Tensor, " n"]:
    """Returns the most probable class of each image, on the CPU."""
    with torch.no_grad(), torch.autocast("cpu", enabled=False), one_thread():
        return torch.cat([classifier(part).argmax(1) for part in images.cpu().split(AT_ONCE)])


@contextmanager
def one_thread() -> Iterator[None]:
    """Lets torch compute on one thread in the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
