"""The layer options of all networks: normalisation, activation and dropout; for critics also batch statistics."""

from typing import Literal, final

from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.network.dropout import Dropout
from gan_lab.network.minibatch import BatchStatistics, MinibatchDiscrimination, MinibatchStddev
from gan_lab.network.rectifier import LeakyReLU
from gan_lab.network.spectral import spectral_norm

Norm = Literal["none", "batch", "layer", "spectral"]
Activation = Literal["leaky_relu", "relu", "silu", "tanh"]
Statistics = Literal["none", "stddev", "discrimination"]

SMOOTH: dict[str, type[nn.Module]] = {"silu": nn.SiLU, "tanh": nn.Tanh}
SLOPES = {"relu": 0.0, "leaky_relu": 0.2}


def activate(activation: Activation) -> nn.Module:
    """Returns the named activation; leaky ReLU has slope 0.2, as in DCGAN (Radford et al. 2016, arXiv 1511.06434)."""
    return LeakyReLU(SLOPES[activation]) if activation in SLOPES else SMOOTH[activation]()


def block(layer: nn.Module, width: int, *, norm: Norm, activation: Activation, dropout: float = 0.0) -> nn.Sequential:
    """Returns the layer, the normalisation of its `width` outputs, the activation and dropout, in this order.

    After a convolution, `layer` normalises over channels and pixels together (a GroupNorm of one group). `spectral`
    parametrises the layer's weight (Miyato et al. 2018, arXiv 1802.05957).
    """
    convolution = not isinstance(layer, nn.Linear)
    parts = [normalised(layer, norm), *normalisation(width, norm=norm, convolution=convolution), activate(activation)]
    if dropout > 0:
        parts.append(Dropout(dropout))
    return nn.Sequential(*parts)


def normalised(layer: nn.Module, norm: Norm) -> nn.Module:
    """Returns the layer, whose weight has a spectral norm of 1 if `norm` says so."""
    return spectral_norm(layer) if norm == "spectral" else layer


def normalisation(width: int, *, norm: Norm, convolution: bool) -> list[nn.Module]:
    """Returns the layer that normalises these `width` outputs, as a list; none for `none` and `spectral`."""
    if norm == "batch":
        return [nn.BatchNorm2d(width) if convolution else nn.BatchNorm1d(width)]
    if norm == "layer":
        return [nn.GroupNorm(1, width) if convolution else nn.LayerNorm(width)]
    return []


def head(
    features: int, outputs: int, *, norm: Norm, projection: bool = False, batch_statistics: Statistics = "none"
) -> nn.Module:
    """Returns the last, linear layer; with spectral normalisation it is normalised like all others.

    Its input includes the batch statistics of the features, if there are any; these are not Lipschitz-bounded.
    """
    if batch_statistics != "none":
        statistics: BatchStatistics = (
            MinibatchStddev() if batch_statistics == "stddev" else MinibatchDiscrimination(features)
        )
        widened = features + statistics.added
        return nn.Sequential(statistics, head(widened, outputs, norm=norm, projection=projection))
    if projection:
        return ProjectionHead(features, outputs, norm=norm)
    return normalised(nn.Linear(features, outputs), norm)


@final
class ProjectionHead(nn.Module):
    """Returns the scores psi . h + b + e_y . h of all classes y: a common term and one that depends on the class.

    With spectral normalisation, psi is normalised, and so is the matrix of all e_y.
    Source: Miyato & Koyama 2018, arXiv 1802.05637. Deviation: theirs computes only the score of a given class.
    """

    def __init__(self, features: int, classes: int, *, norm: Norm) -> None:
        super().__init__()
        self.everyones = head(features, 1, norm=norm)
        self.own = normalised(nn.Linear(features, classes, bias=False), norm)

    def forward(self, features: Float[Tensor, "b f"]) -> Float[Tensor, "b k"]:
        return self.everyones(features) + self.own(features)
