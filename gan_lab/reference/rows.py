"""The rows of the table: their names, command lines and seeds, and the results that the source documents report."""

from functools import cache

from omegaconf import OmegaConf

from gan_lab.trust.targets import CONF_DIR

TUNED = {
    "tuned_wgan": "wgan_20_epochs",
    "tuned_wgan_gp": "wgan_gp_20_epochs",
    "tuned_gmgan_static": "gmgan_static",
    "tuned_gmgan_wgan_gp": "gmgan_wgan_gp_std_2.0",
    "tuned_mmgan": "mmgan",
    "tuned_began": "began",
    "tuned_ct_gan": "ct_gan",
}
"""Recipes that a search found, and the row of the documents that each improves."""

SHOWN = {
    "best_mnist": "original GAN with lazy R1 and convolutional networks",
    "wgan_gp_100_epochs": "WGAN-GP, 100 epochs",
    "gmgan_dynamic": "GM-GAN: trained Gaussian mixture, class labels",
    "gan": "original GAN, batch norm in the generator",
    "gmgan_static": "GM-GAN: fixed Gaussian mixture, class labels",
    "gmgan_wgan_gp_std_1.0": "WGAN-GP with a fixed Gaussian mixture",
    "wgan_50_epochs": "WGAN with weight clipping, 50 epochs",
    "gan_d200": "original GAN, no batch norm, 200 latent dimensions",
}
"""The rows in the project's README and their methods: our best recipe, results of the documents, and the plain GAN."""

REPORTED = {
    "gan_d200": "27.73 (.52 / .20), document 001",
    "wgan_50_epochs": "69.8, document 003; 70, document 004",
    "wgan_gp_100_epochs": "35.5 (.45 / .27), documents 003 and 004",
    "gmgan_static_k11": "258.6, document 001",
    "gmgan_wgan_gp_std_1.0": "110.5, document 001",
    "gmgan_dynamic": "15.67 (.55 / .29), document 001",
}
"""FID (precision / recall) that the source documents report."""


ASKED = (
    *("gan", "gmgan_static", "gmgan_dynamic", "mmgan", "wgan_gp"),
    *("gmgan_unsupervised", "gmgan_static_wgan_gp", "gmgan_static_r1"),
)
"""Models with the settings of their yaml that are recipes of the documents, or that these are compared with."""
OWN_SETTINGS = "experiment=methods"
FASHION = "data=fashion_mnist"
PATCHES = {"resnet_patches": "SNGAN with residual networks", "r3gan_patches": "R3GAN with its networks"}
"""The rows on crops of two photographs, and their methods: trained once, and shown by pictures alone."""
ALONE = ("infogan_mnist", "gan_instance_noise", "hinge_lecam", "unrolled_3_epochs")
"""Recipes of ideas that are in no source document, trained once."""


@cache
def rows() -> dict[str, tuple[str, ...]]:
    """Returns the command line of each row by its name: the values of the experiment, of the model and of the data."""
    listed = OmegaConf.load(CONF_DIR / "experiment" / "table.yaml").hydra.sweeper.experiments
    lines = [tuple(f"experiment={words}".split()) for words in listed]
    return {"_".join(word.partition("=")[2] for word in line if word != OWN_SETTINGS): line for line in lines}


def in_words(name: str) -> str:
    """Returns the part of a row's command line that tells it from the others: `model=gan`."""
    return " ".join(word for word in rows()[name] if word != OWN_SETTINGS)


def on_fashion(name: str) -> bool:
    """Returns whether a row is trained on Fashion-MNIST."""
    return FASHION in rows()[name]


def on_digits(name: str) -> bool:
    """Returns whether a row is trained on MNIST."""
    return not on_fashion(name) and name not in PATCHES


def compared(name: str) -> bool:
    """Returns whether a row is one of the documents, our best recipe, or one that these are compared with.

    The others are models with the settings of their yaml, ideas of no document, and rows on data that are no benchmark.
    """
    of = TUNED.get(name, name)
    if of in PATCHES or of in ALONE:
        return False
    return of in ASKED or rows()[of][0] != OWN_SETTINGS or on_fashion(of)


def seeds(name: str) -> tuple[int, ...]:
    """Returns the training seeds that a row of the table needs."""
    return (1, 2, 3) if compared(name) and name not in TUNED else (1,)
