"""Features of DINOv2, which was trained without labels."""

from io import BytesIO
from typing import ClassVar, final

from jaxtyping import Float
from torch import Tensor
from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x
from torchvision.transforms.functional import normalize

from gan_lab.metric.extractor.local_weights import PublishedFeatures
from gan_lab.metric.extractor.published_files import PUBLISHED
from gan_lab.metric.extractor.vision_transformer import VisionTransformer

SIDE = 224
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the colours of ImageNet, by which the network's images are standardised."""


class DINOv2Features(PublishedFeatures):
    """The class token of DINOv2, Oquab et al. 2023 (arXiv 2304.07193).

    The network is `VisionTransformer`, as torch-fidelity would download code. Images are prepared as there: resized
    to 224×224 like in TensorFlow 1 (bilinear, no half-pixel shift, no antialiasing) and standardised by the colours of
    ImageNet. Stein et al. 2023 (arXiv 2306.04675), who recommend FID by these features for ViT-L/14, resize by PIL:
    compare no numbers with theirs.
    """

    made_for = "LVD-142M"
    architecture: ClassVar[str]
    depth: ClassVar[int]
    heads: ClassVar[int]

    def __init__(self, *, weights: str | None, sha256: str) -> None:
        """See `PublishedFeatures`."""
        super().__init__(name=f"dinov2-{self.architecture}", weights=weights, sha256=sha256)

    def _network(self, weights: BytesIO) -> tuple[VisionTransformer, VisionTransformer]:
        network = VisionTransformer(width=self.dim, depth=self.depth, heads=self.heads)
        return network, network

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], None]:
        bytes_of_pixels = self._rgb(images).float()
        resized = interpolate_bilinear_2d_like_tensorflow1x(bytes_of_pixels, (SIDE, SIDE), align_corners=False)
        return self.network(normalize(resized / 255.0, MEAN, DEVIATION)), None


@final
class DINOv2Small(DINOv2Features):
    """384 features of ViT-S/14, of 22 million parameters."""

    file, origin = PUBLISHED["DINOv2Small"]
    architecture, dim, depth, heads = "vits14", 384, 12, 6


@final
class DINOv2Base(DINOv2Features):
    """768 features of ViT-B/14, of 87 million parameters."""

    file, origin = PUBLISHED["DINOv2Base"]
    architecture, dim, depth, heads = "vitb14", 768, 12, 12


@final
class DINOv2Large(DINOv2Features):
    """1024 features of ViT-L/14, of 304 million parameters."""

    file, origin = PUBLISHED["DINOv2Large"]
    architecture, dim, depth, heads = "vitl14", 1024, 24, 16
