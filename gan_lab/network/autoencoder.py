"""A critic that judges a sample by how well it can be reconstructed."""

from typing import Literal, final

from jaxtyping import Float
from torch import Tensor

from gan_lab.network.base import Critic, Generator
from gan_lab.types import CriticOutput


@final
class Autoencoder(Critic):
    """score = -energy,  energy = mean over all numbers of a sample of |decoder(encoder(x)) - x|^power >= 0.

    The encoder is any critic, and its scores are the code. The decoder is any generator, and the code is its latent
    code. The features are the code. `power` 2 is the squared error of EBGAN, 1 the absolute error of BEGAN, whose paper
    allows both. The gradient with respect to x goes through the reconstruction and through its target.
    """

    is_energy = True

    def __init__(self, *, encoder: Critic, decoder: Generator, power: Literal[1, 2]) -> None:
        super().__init__(shape=encoder.shape, outputs=1)
        if encoder.shape != decoder.shape:
            raise ValueError(f"the encoder takes samples of shape {encoder.shape}, the decoder makes {decoder.shape}")
        if encoder.outputs != decoder.latent_dim:
            raise ValueError(
                f"the encoder gives codes of {encoder.outputs} numbers and the decoder takes {decoder.latent_dim}: "
                "set autoencoder.encoder.outputs alone, autoencoder.decoder.latent_dim follows it"
            )
        self.encoder = encoder
        self.decoder = decoder
        self.power = power

    def extra_repr(self) -> str:
        return f"power={self.power}"

    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput:
        code = self.encoder(images).score
        error = (self.decoder(code) - images).flatten(1)
        energy = error.square() if self.power == 2 else error.abs()
        return CriticOutput(-energy.mean(1, keepdim=True), code)
