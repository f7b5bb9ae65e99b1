"""The convolutional network whose features are means over places."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class PooledNetwork(nn.Module):
    """Five convolutions, each with batch normalisation and ReLU, a mean over places, and logits linear in it, if the
    network is to tell `classes` apart.

    The kernels are 5×5, three of 3×3 and 1×1, with 32, 64, 128, 128 and `dim` channels, and 2×2 max-pooling follows the
    first and the second. A value of the last map sees 28×28 pixels, so parts that do not fit together. Since the
    features are means over all places, an image that is shifted has nearly the same. Images are in [0, 1], of 4×4
    pixels or more.
    """

    dim = 384

    def __init__(self, *, channels: int, classes: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(channels, 32, 5, padding=2, bias=False), nn.BatchNorm2d(32)
        self.conv2, self.norm2 = nn.Conv2d(32, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64)
        self.conv3, self.norm3 = nn.Conv2d(64, 128, 3, padding=1, bias=False), nn.BatchNorm2d(128)
        self.conv4, self.norm4 = nn.Conv2d(128, 128, 3, padding=1, bias=False), nn.BatchNorm2d(128)
        self.conv5, self.norm5 = nn.Conv2d(128, self.dim, 1, bias=False), nn.BatchNorm2d(self.dim)
        self.dropout = nn.Dropout(0.3)
        self.last = nn.Linear(self.dim, classes) if classes else None

    def extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b k"] | None]:
        """Returns features and, if there are classes, logits of one pass."""
        maps = F.relu(self.norm1(F.max_pool2d(self.conv1(images), 2)))
        maps = F.relu(self.norm2(F.max_pool2d(self.conv2(maps), 2)))
        maps = F.relu(self.norm3(self.conv3(maps)))
        maps = F.relu(self.norm4(self.conv4(maps)))
        features = F.relu(self.norm5(self.conv5(maps))).mean((2, 3))
        return features, None if self.last is None else self.last(self.dropout(features))
