"""Networks with published weights, read from a local file."""

import hashlib
import io
import re
from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.extractor.published_files import missing
from gan_lab.trust.home import expanded


class PublishedFeatures(Extractor):
    """Features of a published network, for measures that can be compared with those of papers.

    The values are those of torch-fidelity, whose resizing is used. The weights come from a local file and are never
    downloaded. The hash of the file is checked before it is read, and only tensors are read, so that no code in it is
    run.

    The features are not normalised (mean 0, scale 1), as for published FIDs and KIDs. Grey images are repeated to three
    channels before they are resized.
    """

    has_head = True
    made_for = "ImageNet"
    file: ClassVar[str]
    """The name of the file."""
    origin: ClassVar[str]
    """Where the file is published."""
    dim: ClassVar[int]

    def __init__(self, *, name: str, weights: str | None, sha256: str) -> None:
        """`weights` is the path of `file`, and `sha256` its hash, or the first 8 or more digits.

        Raises GanLabError if there is no such file, or if it has another hash or other weights.
        """
        super().__init__(name=name)
        if not re.fullmatch(r"[0-9a-f]{8,64}", sha256):
            raise GanLabError(f"metric.extractor.sha256={sha256} must be 8 to 64 digits of 0-9 and a-f")
        if (sentence := missing(weights, sha256, self.file, self.origin)) is not None:
            raise GanLabError(sentence)
        path = expanded(str(weights))
        with path.open("rb") as file:
            self._digest = hashlib.file_digest(file, "sha256").hexdigest()
            if not self._digest.startswith(sha256):
                raise GanLabError(
                    f"{path} has sha256 {self._digest}, but {self.file} of {self.origin} has {sha256}: fetch it again"
                )
            file.seek(0)
            self.network = self._load(file, path)
        self.set_head(torch.zeros(self.dim), torch.ones(()))
        self.requires_grad_(False).eval()

    @property
    def digest(self) -> str:
        return self._digest

    def adapt(self, channels: int, height: int, width: int) -> None:
        if channels not in (1, 3):
            raise GanLabError(
                f"extractor {self.name} takes images of 1 or 3 channels, not {channels}: use metric=random"
            )

    def _load(self, file: io.BufferedReader, path: Path) -> nn.Module:
        """Returns the network with the weights in the file."""
        try:
            state = torch.load(file, map_location="cpu", weights_only=True)
            # Its constructor draws initial weights, then loads a file as a pickle or from the net: here neither has
            # any effect, for tensors on the meta device have shapes but no values.
            with torch.device("meta"):
                network, part = self._network(shapes_alone(state))
            wanted = part.state_dict().keys()  # VGG-16 has no last layer here
            kept = {name: tensor.contiguous() for name, tensor in state.items() if name in wanted}
            part.load_state_dict(kept, assign=True)
            return network.float()
        except Exception as error:  # the readers of torch, zip and pickle raise errors of many types
            raise GanLabError(
                f"{path} has the expected sha256, but does not hold the weights of {self.name}"
            ) from error

    def _rgb(self, images: Float[Tensor, "b c h w"]) -> UInt8[Tensor, "b 3 h w"]:
        """Returns images in [0, 1] as bytes again, in three channels."""
        return (images * 255.0).round().to(torch.uint8).expand(-1, 3, -1, -1)

    @abstractmethod
    def _network(self, weights: io.BytesIO) -> tuple[nn.Module, nn.Module]:
        """Returns the network, constructed with `weights` as its file, and the part of it that the file describes."""


def shapes_alone(state: dict[str, Tensor]) -> io.BytesIO:
    """Returns a file with the names and shapes of the state, whose tensors have no values."""
    file = io.BytesIO()
    torch.save({name: tensor.to("meta") for name, tensor in state.items()}, file)
    file.seek(0)
    return file
