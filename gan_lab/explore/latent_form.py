"""The latent distribution of a model as data of a page, and the directions in which its codes are moved."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.explore.half_precision import halved, single
from gan_lab.explore.layer_list import Layer
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.info_codes import InfoCodes
from gan_lab.prior.labelled import Labelled
from gan_lab.prior.normal import Normal
from gan_lab.prior.uniform import Uniform

KINDS: dict[type[LatentPrior], str] = {
    **{Normal: "normal", Uniform: "uniform", Labelled: "labelled", InfoCodes: "labelled", GaussianMixture: "mixture"}
}
AXES = 8
"""The number of directions with a slider each."""


def prior_data(prior: LatentPrior) -> dict[str, Any]:
    """Returns the kind of the prior, its numbers of dimensions and components, and a mixture's means and deviations.

    Raises GanLabError for a prior that the page does not know.
    """
    kind = KINDS.get(type(prior))
    if kind is None:
        raise GanLabError(f"explore does not know how codes of {type(prior).__name__} are drawn")
    data: dict[str, Any] = {"kind": kind, "dim": prior.dim, "components": prior.components}
    if isinstance(prior, GaussianMixture):
        data |= {name: single(values) for name, values in mixture(prior).items()}
    return data


def mixture(prior: GaussianMixture) -> dict[str, Tensor]:
    return {"means": prior.means, "stds": prior.std}


def principal_axes(layers: list[Layer], prior: LatentPrior) -> Float[Tensor, "k d"]:
    """Returns the directions of e, in z = mean + std e, that change the first layer most: the first right singular
    vectors of W diag(std), with std averaged over the components of a mixture, at most 8.

    The largest coordinate of each is positive. With e standard normal they are the principal components of the first
    layer's outputs. Source: Shen & Zhou 2020 (SeFa), arXiv 2007.06600; Haerkoenen et al. 2020 (GANSpace), arXiv
    2004.02546, find them by sampling. Raises GanLabError where the first layer is not linear.
    """
    if layers[0].kind != "linear":
        raise GanLabError(f"explore needs a linear first layer, not {layers[0].kind}")
    weight = layers[0].tensors["weight"][:, : prior.dim].detach().cpu().double()
    if isinstance(prior, GaussianMixture):
        weight = weight * prior.std.detach().cpu().double().mean(0)
    axes = torch.linalg.svd(weight, full_matrices=False).Vh[:AXES]
    largest = axes.gather(1, axes.abs().argmax(1, keepdim=True))
    return (axes * largest.sign()).float()


def axes_data(axes: Float[Tensor, "k d"]) -> dict[str, Any]:
    """Returns the directions as data of a page."""
    return {"count": len(axes), "values": halved(axes)}
