"""Features of a small network that this project trained."""

import hashlib
from typing import Any, final

import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from gan_lab.data.base import DIGITS, DataModule
from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.extractor.convnet import ConvClassifier
from gan_lab.metric.extractor.pooled_network import PooledNetwork
from gan_lab.metric.extractor.trained_files import trained_file
from gan_lab.runs.cache import metadata, with_metadata

POOLED = "pooled"
"""The entry `network` of files with a `PooledNetwork`; mnistcnn-v1 is older than the entry."""


@final
class TrainedFeatures(Extractor):
    """The features of a small network that was trained on the data themselves: 384 from the first layers of the oldest
    one, mnistcnn-v1, and from all newer ones the means of `PooledNetwork`. It is a classifier if the data have labels.

    The file, written by `python -m gan_lab.extractor`, contains the network and the affine head. The configuration must
    state its sha256, because numbers measured with other weights cannot be compared. A retrained extractor gets a new
    name.

    Images are not resized, so the extractor for digits measures grey images of 28×28 only.
    """

    has_head = True

    def __init__(self, *, name: str, sha256: str, folder: str | None = None) -> None:
        """`folder` contains `<name>.safetensors`; None means the weights that come with gan_lab.

        Raises GanLabError if the file is missing or has another hash than `sha256`.
        """
        super().__init__(name=name)
        path = trained_file(name, folder)
        artefact = path.read_bytes()
        if (found := hashlib.sha256(artefact).hexdigest()) != sha256:
            raise GanLabError(
                f"{path} has sha256 {found}, but the configuration states {sha256}: correct it, or restore the file"
            )
        try:
            tensors = load(artefact)
            stated = metadata(artefact)
            self.shape, self.classes = tuple(stated["shape"]), int(stated["classes"])
            with torch.device("meta"):  # initial weights would be drawn from the global random state
                network = described_by(stated)
            self.mean, self.scale = tensors.pop("head.mean"), tensors.pop("head.scale")
            network.load_state_dict(tensors, assign=True)
        except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise GanLabError(
                f"{path} is damaged, or not an extractor: {str(error).splitlines()[0]}; train it again with `python -m "
                f"gan_lab.extractor name={name}`"
            ) from error
        self.network = network
        self.requires_grad_(False).eval().to(memory_format=torch.channels_last)  # four times faster on a CPU
        self.made_for = stated.get("made_for", DIGITS)  # mnistcnn-v1 is older than the entry
        self.sha256 = sha256

    @property
    def described(self) -> str:
        return self.name if self.classes else f"{self.name}, trained without labels"

    @property
    def digest(self) -> str:
        return self.sha256

    def tells_no_classes(self, data: DataModule) -> str | None:
        if self.classes:
            return super().tells_no_classes(data)
        return f"{self.name} was trained without labels, and tells no classes apart"

    def adapt(self, channels: int, height: int, width: int) -> None:
        if (channels, height, width) != self.shape:
            raise GanLabError(
                f"extractor {self.name} takes images of shape {list(self.shape)}, not "
                f"{[channels, height, width]}: use metric=random or metric=pixels, or train an extractor for "
                "these data with `python -m gan_lab.extractor`"
            )

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b k"] | None]:
        return self.network.extract(images)


def described_by(stated: dict[str, Any]) -> ConvClassifier | PooledNetwork:
    """Returns the network that a file's metadata describe, with initial weights."""
    channels, height, width = stated["shape"]
    if stated.get("network") == POOLED:
        return PooledNetwork(channels=channels, classes=stated["classes"])
    return ConvClassifier(channels=channels, height=height, width=width, classes=stated["classes"])


def to_artefact(
    network: PooledNetwork, shape: tuple[int, int, int], head: tuple[Tensor, Tensor], made_for: str
) -> bytes:
    """Returns the bytes of the file that `TrainedFeatures` loads. The same weights give the same bytes.

    `made_for` is the content of the data that the network was trained on.
    """
    tensors = network.state_dict() | {"head.mean": head[0].float(), "head.scale": head[1].float()}
    classes = network.last.out_features if network.last else 0
    stated = {"shape": shape, "classes": classes, "network": POOLED, "made_for": made_for}
    return with_metadata({name: tensor.cpu().contiguous() for name, tensor in tensors.items()}, stated)
