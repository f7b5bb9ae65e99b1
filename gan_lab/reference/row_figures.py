"""The source documents' figures, drawn again from the table's files: their rows, titles and plots."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from gan_lab.images import save_gif
from gan_lab.reference.film import both, frames
from gan_lab.reference.published import Record
from gan_lab.reference.row_plots import QUALITY, bars, curves, depth, sweep, weights
from gan_lab.runs.picture_file import save_picture

LOSSES = ("fid", "critic/loss", "generator/loss")

CLIPPING = {"wgan_20_epochs": "weight clipping", "wgan_gp_20_epochs": "gradient penalty"}

MIXTURES = {
    **{"gan_d200": "plain", "gan_dropout_0.3": "plain, dropout"},
    **{"gmgan_static": "static", "gmgan_dynamic_frozen": "frozen", "gmgan_dynamic": "dynamic"},
}
"""Labels of rows. The critics of mixtures have dropout too; "frozen" is the initial dynamic mixture, not trained."""

CURVES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "n_critic": (LOSSES, {"gan_n1": "n = 1", "gan_n2": "n = 2", "gan_n3": "n = 3"}),
    "lambda": (LOSSES, {"wgan_gp_20_epochs": "lambda 10", "wgan_gp_lambda_3": "lambda 3"}),
    "dropout": (LOSSES, {"gan_n1": "none", "gan_dropout_0.3": "0.3", "gan_dropout_0.5": "0.5"}),
    "batch_norm": (LOSSES, {"gan_n1": "none", "gan": "in the generator", "gan_critic_batch_norm": "in the critic"}),
    "clipping": ((*LOSSES, "critic/wasserstein_estimate"), CLIPPING),
    "sides": (
        (*LOSSES, "critic/gradient_norm"),
        {"wgan_gp_20_epochs": "two-sided", "wgan_gp_one_sided": "one-sided", "wgan_gp_unsquared": "not squared"},
    ),
    "unconstrained": (
        ("critic/wasserstein_estimate", "fid"),
        {"wgan_unconstrained": "no constraint", "wgan_20_epochs": "clipping"},
    ),
    "energies": (("critic/energy_real", "critic/energy_fake", "critic/energy_noise"), {"ebgan": "EBGAN"}),
    "encoder": (
        (
            *("generator/clusters_used", "generator/confidence", "generator/cluster_accuracy"),
            *("generator/parameter_gradient_norm", "generator/encoder_gradient_norm"),
        ),
        {
            "mmgan_alpha_0.1": "alpha 0.1",
            "mmgan": "alpha 1",
            "mmgan_alpha_10.0": "alpha 10",
            "mmgan_no_batch_norm": "no batch norm",
        },
    ),
    "codes": (
        ("generator/categorical_information", "generator/continuous_information", "generator/code_accuracy"),
        {"infogan_mnist": "InfoGAN"},
    ),
    "stability": (
        ("critic/loss_std", "recall_k3", "fid"),
        {"gmgan_static": "no penalty", "gmgan_static_r1": "R1", "gmgan_wgan_gp_std_1.0": "WGAN-GP"},
    ),
    "mixtures": (QUALITY, MIXTURES),
    "labels": (QUALITY, {"gmgan_dynamic": "with labels", "gmgan_dynamic_unlabelled": "without labels"}),
}
"""The columns of the curves and the labelled rows of each figure."""

SWEEPS: dict[str, tuple[str, dict[str, float]]] = {
    "sigma": (
        "standard deviation of the mixture",
        {f"gmgan_wgan_gp_std_{s}": s for s in (0.5, 0.7, 1.0, 1.4, 2.0, 4.0)},
    ),
    "components": ("number of Gaussians, K", {"gmgan_dynamic": 10.0, "gmgan_k20": 20.0, "gmgan_k50": 50.0}),
    "alpha": (
        "alpha, the weight of recognising clusters",
        {"mmgan_alpha_0.1": 0.1, "mmgan": 1.0, "mmgan_alpha_10.0": 10.0},
    ),
}
"""The label of the swept value, and the value in each row, for each figure."""

TITLES = {
    "n_critic": "GAN with the generator trained every n iterations",
    "lambda": "WGAN-GP by weight of the gradient penalty",
    "dropout": "GAN by dropout in the critic",
    "batch_norm": "GAN by the network that has batch norm",
    "clipping": "WGAN with weight clipping and with gradient penalty",
    "sides": "WGAN with two-sided and one-sided gradient penalty",
    "unconstrained": "WGAN with weight clipping and without a constraint",
    "energies": "EBGAN's energies of reals, fakes and noise",
    "encoder": "MMGAN's encoder: clusters used, confidence, accuracy, gradients",
    "codes": "InfoGAN: information of both codes about fakes, in nats, and codes that are found",
    "stability": "GM-GAN with and without a gradient penalty",
    "mixtures": "latent distributions: Gaussian and mixtures",
    "classes": "diversity within classes and separation between them",
    "labels": "the dynamic mixture with and without labels",
    "depth": "gradient norm of the critic by layer",
    "weights": "distribution of the critic's weights",
    "sigma": "standard deviation of the static mixture under WGAN-GP",
    "components": "dynamic mixture by number of Gaussians",
    "alpha": "MMGAN by alpha",
}

Drawing = Callable[[Sequence[Record], Path], Figure]


def figures() -> dict[str, tuple[Iterable[str], Drawing]]:
    """Returns the rows of each figure and the function that draws it."""
    return {
        **{name: (labels, partial(curves, columns, labels)) for name, (columns, labels) in CURVES.items()},
        "depth": (CLIPPING, partial(depth, CLIPPING)),
        "weights": (CLIPPING, partial(weights, CLIPPING)),
        "classes": (MIXTURES, partial(bars, MIXTURES)),
        **{name: (of, partial(sweep, axis_name, of)) for name, (axis_name, of) in SWEEPS.items()},
    }


def draw(records: Sequence[Record], folder: Path) -> list[str]:
    """Saves the figures that can be drawn and return their names."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    drawings = figures()
    for name in (names := drawable(records)):
        _, drawing = drawings[name]
        figure = drawing(records, folder)
        of = "test images, one dot per seed" if name in ("classes", *SWEEPS) else "seed 1"
        figure.suptitle(f"{TITLES[name]} ({of})")
        save_picture(figure, folder / "figures" / f"{name}.png", dpi=70)
    if (films := both(folder)) is not None:
        save_picture(films, folder / "figures" / "film.png", optimize=True)
        save_gif(frames(films), folder / "figures" / "film.gif")
    return names


def drawable(records: Sequence[Record]) -> list[str]:
    """Returns the names of the figures whose rows all have a record with seed 1."""
    there = {record["row"] for record in records if record["seed"] == 1}
    return [name for name, (rows, _) in figures().items() if {*rows} <= there]
