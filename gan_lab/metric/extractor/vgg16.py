"""Features of VGG-16, which published precision and recall use."""

from io import BytesIO
from typing import final

from jaxtyping import Float
from torch import Tensor, nn
from torch_fidelity.feature_extractor_vgg16 import FeatureExtractorVGG16

from gan_lab.metric.extractor.local_weights import PublishedFeatures
from gan_lab.metric.extractor.published_files import PUBLISHED


@final
class VGG16Features(PublishedFeatures):
    """4096 features: the second fully connected layer of VGG-16, after its ReLU.

    Images are resized to 224×224 like in TensorFlow 1 (bilinear, no half-pixel shift, no antialiasing). Simonyan and
    Zisserman 2015 (arXiv 1409.1556); for precision and recall by Kynkäänniemi et al. 2019 (arXiv 1904.06991).
    """

    file, origin = PUBLISHED["VGG16Features"]
    dim = 4096

    def __init__(self, *, weights: str | None, sha256: str) -> None:
        """See `PublishedFeatures`."""
        super().__init__(name="vgg16", weights=weights, sha256=sha256)

    def _network(self, weights: BytesIO) -> tuple[FeatureExtractorVGG16, nn.Module]:
        network = FeatureExtractorVGG16(self.name, ["fc2_relu"], feature_extractor_weights_path=weights)
        return network, network.model

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b 4096"], None]:
        return self.network(self._rgb(images))[0], None
