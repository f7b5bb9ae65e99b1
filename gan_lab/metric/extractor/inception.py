"""Features of Inception-v3, which most published FIDs use."""

from io import BytesIO
from typing import final

from jaxtyping import Float
from torch import Tensor, nn
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

from gan_lab.metric.extractor.local_weights import PublishedFeatures
from gan_lab.metric.extractor.published_files import PUBLISHED


@final
class InceptionFeatures(PublishedFeatures):
    """2048 features: the last average pool of Inception-v3 as trained for the original Inception Score and FID.

    Images are resized to 299×299 like in TensorFlow 1 (bilinear, no half-pixel shift, no antialiasing). The logits are
    those of 1008 classes without the bias of the last layer, from which the Inception Score is computed. Szegedy et al.
    2016 (arXiv 1512.00567), Salimans et al. 2016 (arXiv 1606.03498), Heusel et al. 2017 (arXiv 1706.08500).
    """

    file, origin = PUBLISHED["InceptionFeatures"]
    dim = 2048
    classes = 1008
    scores_any_images = True

    def __init__(self, *, weights: str | None, sha256: str) -> None:
        """See `PublishedFeatures`."""
        super().__init__(name="inception-v3-compat", weights=weights, sha256=sha256)

    def _network(self, weights: BytesIO) -> tuple[FeatureExtractorInceptionV3, nn.Module]:
        wanted = ["2048", "logits_unbiased"]
        network = FeatureExtractorInceptionV3(self.name, wanted, feature_extractor_weights_path=weights)
        return network, network

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b 2048"], Float[Tensor, "b 1008"]]:
        return self.network(self._rgb(images))
