"""The answer on few training images, from the rows on 500 images of Fashion-MNIST."""

from gan_lab.compare.verdicts import welchs
from gan_lab.reference.answer_table import MissingRowError, Table

ROWS = {
    "few_images_fashion_mnist": "neither",
    "few_images_lecam_fashion_mnist": "LeCam",
    "few_images_diffaugment_fashion_mnist": "DiffAugment",
    "few_images_adaptive_fashion_mnist": "adaptive augmentation",
}
"""The rows and what each adds to the first."""
ALL_IMAGES = "best_mnist_fashion_mnist"


def few_images(t: Table) -> str:
    """Returns in words whether each row has a lower FID than the plain one, with the interval of the ratio."""
    return (
        f"**What do LeCam and augmentation bring with 500 training images?** Is FID lower, by {welchs(t.tested)}? "
        f"{t.each_compared(ROWS)}. FID: {t.listed(ROWS)}{on_all_images(t)}."
        " LeCam has the weight that its authors use beside the hinge loss; none was searched for beside this one."
    )


def on_all_images(t: Table) -> str:
    """Returns what the same recipe reaches on all training images, nothing where that row has no record yet."""
    try:
        return f"; the same recipe on all training images: {t.said(ALL_IMAGES)}"
    except MissingRowError:
        return ""
