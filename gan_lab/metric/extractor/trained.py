"""Features of a classifier that this project trained."""

import hashlib
from typing import Any, final

import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from gan_lab.data.base import DIGITS
from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.extractor.convnet import ConvClassifier
from gan_lab.metric.extractor.pooled_classifier import PooledClassifier
from gan_lab.metric.extractor.trained_files import trained_file
from gan_lab.runs.cache import metadata, with_metadata

POOLED = "pooled"
"""The entry `network` of files with a `PooledClassifier`; mnistcnn-v1 is older than the entry."""


@final
class TrainedFeatures(Extractor):
    """The features of a small classifier of the data's own classes: 384 from the first layers of the oldest one,
    mnistcnn-v1, and from all newer ones those that the last layer reads, see `PooledClassifier`.

    The file, written by `python -m gan_lab.extractor`, contains the classifier and the affine head. The configuration
    must state its sha256, because numbers measured with other weights cannot be compared. A retrained extractor gets a
    new name.

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
            self.shape = tuple(stated["shape"])
            with torch.device("meta"):  # initial weights would be drawn from the global random state
                classifier = network(stated)
            self.mean, self.scale = tensors.pop("head.mean"), tensors.pop("head.scale")
            classifier.load_state_dict(tensors, assign=True)
        except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise GanLabError(
                f"{path} is damaged, or not an extractor: {str(error).splitlines()[0]}; train it again with `python -m "
                f"gan_lab.extractor name={name}`"
            ) from error
        self.classifier = classifier
        self.requires_grad_(False).eval().to(memory_format=torch.channels_last)  # four times faster on a CPU
        self.classes = stated["classes"]
        self.made_for = stated.get("made_for", DIGITS)  # mnistcnn-v1 is older than the entry
        self.sha256 = sha256

    @property
    def digest(self) -> str:
        return self.sha256

    def adapt(self, channels: int, height: int, width: int) -> None:
        if (channels, height, width) != self.shape:
            raise GanLabError(
                f"extractor {self.name} takes images of shape {list(self.shape)}, not "
                f"{[channels, height, width]}: use metric=random or metric=pixels, or train an extractor for "
                "these data with `python -m gan_lab.extractor`"
            )

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b k"]]:
        return self.classifier.extract(images)


def network(stated: dict[str, Any]) -> ConvClassifier | PooledClassifier:
    """Returns the network that a file's metadata describe, with initial weights."""
    channels, height, width = stated["shape"]
    if stated.get("network") == POOLED:
        return PooledClassifier(channels=channels, classes=stated["classes"])
    return ConvClassifier(channels=channels, height=height, width=width, classes=stated["classes"])


def to_artefact(
    classifier: PooledClassifier, shape: tuple[int, int, int], head: tuple[Tensor, Tensor], made_for: str
) -> bytes:
    """Returns the bytes of the file that `TrainedFeatures` loads. The same weights give the same bytes.

    `made_for` is the content of the data that the classifier was trained on.
    """
    tensors = classifier.state_dict() | {"head.mean": head[0].float(), "head.scale": head[1].float()}
    stated = {"shape": shape, "classes": classifier.last.out_features, "network": POOLED, "made_for": made_for}
    return with_metadata({name: tensor.cpu().contiguous() for name, tensor in tensors.items()}, stated)
