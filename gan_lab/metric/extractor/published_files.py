"""The files of published weights: their names, and where they are to be had. Imports no torch."""

from gan_lab.trust.home import expanded

PUBLISHED = {
    "InceptionFeatures": (
        "weights-inception-2015-12-05-6726825d.pth",
        "the release v0.2.0 of torch-fidelity (toshas/torch-fidelity on GitHub)",
    ),
    "VGG16Features": (
        "vgg16-397923af.pth",
        "torchvision's models (VGG16_Weights.IMAGENET1K_V1)",
    ),
    "DINOv2Small": ("dinov2_vits14_pretrain.pth", "https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14"),
    "DINOv2Base": ("dinov2_vitb14_pretrain.pth", "https://dl.fbaipublicfiles.com/dinov2/dinov2_vitb14"),
    "DINOv2Large": ("dinov2_vitl14_pretrain.pth", "https://dl.fbaipublicfiles.com/dinov2/dinov2_vitl14"),
}
"""The name and the place of the file, by the class of the extractor."""


def missing(weights: str | None, sha256: str, file: str, origin: str) -> str | None:
    """Returns the sentence for weights that are not there, None where they are."""
    if weights is not None and expanded(weights).is_file():
        return None
    place = "is not set" if weights is None else f"is {weights}, which is no file"
    return (
        f"metric.extractor.weights {place}: fetch {file} (sha256 {sha256}) from {origin} and set "
        "metric.extractor.weights to its path"
    )
