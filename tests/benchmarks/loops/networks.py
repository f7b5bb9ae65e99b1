"""The nets of network=mlp and network=dcgan in torch's own layers, and those of PyTorch-GAN's wgan_gp.py."""

from torch import Tensor, nn


class Critic(nn.Module):
    """Scores and the features they are made from."""

    def __init__(self, body: nn.Sequential, features: int, outputs: int) -> None:
        super().__init__()
        self.body = body
        self.head = nn.Linear(features, outputs)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        features = self.body(images)
        return self.head(features), features


def mlp(latent: int, outputs: int, dropout: float, norm: bool) -> tuple[nn.Module, Critic]:
    """z-256-512-1024-784 and 784-1024-512-256-scores."""
    layers: list[nn.Module] = []
    for a, b in ((latent, 256), (256, 512), (512, 1024)):
        layers += [nn.Linear(a, b), *([nn.BatchNorm1d(b)] if norm else []), nn.LeakyReLU(0.2)]
    generator = nn.Sequential(*layers, nn.Linear(1024, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))
    layers = [nn.Flatten()]
    for a, b in ((784, 1024), (1024, 512), (512, 256)):
        layers += [nn.Linear(a, b), nn.LeakyReLU(0.2), *([nn.Dropout(dropout)] if dropout else [])]
    return generator, Critic(nn.Sequential(*layers), 256, outputs)


def dcgan(latent: int, outputs: int, dropout: float, norm: bool) -> tuple[nn.Module, Critic]:
    """Two stages of 4x4 convolutions with stride 2, 64 and 128 channels."""
    flat = 128 * 7 * 7
    generator = nn.Sequential(
        nn.Linear(latent, flat),
        *([nn.BatchNorm1d(flat)] if norm else []),
        nn.ReLU(),
        nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 64, 4, 2, 1),
        *([nn.BatchNorm2d(64)] if norm else []),
        nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, 2, 1),
        nn.Tanh(),
    )
    drop = [nn.Dropout(dropout)] if dropout else []
    body = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2), *drop,
        nn.Conv2d(64, 128, 4, 2, 1), nn.LeakyReLU(0.2), *drop, nn.Flatten(),
    )  # fmt: skip
    return generator, Critic(body, flat, outputs)


def pytorch_gan(latent: int, outputs: int, dropout: float, norm: bool) -> tuple[nn.Module, Critic]:
    """z-128-256-512-1024-784 and 784-512-256-score, batch norm with eps 0.8 after all hidden layers but the first."""
    layers: list[nn.Module] = [nn.Linear(latent, 128), nn.LeakyReLU(0.2)]
    for a, b in ((128, 256), (256, 512), (512, 1024)):
        layers += [nn.Linear(a, b), nn.BatchNorm1d(b, 0.8), nn.LeakyReLU(0.2)]
    generator = nn.Sequential(*layers, nn.Linear(1024, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))
    layers = [nn.Flatten(), nn.Linear(784, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256), nn.LeakyReLU(0.2)]
    return generator, Critic(nn.Sequential(*layers), 256, outputs)


NETWORKS = {"mlp": mlp, "dcgan": dcgan, "pytorch_gan": pytorch_gan}
OURS = ("mlp", "dcgan")
"""Those that gan_lab has too, for every variant; the others are for WGAN-GP alone."""
OVERRIDES = {
    "mlp": ("network=mlp",),
    "dcgan": ("network=dcgan",),
    "pytorch_gan": ("network=mlp", "model.generator.hidden=[128,256,512,1024]", "model.critic.hidden=[512,256]"),
}
"""What gan_lab is told for each. It has batch norm after the first hidden layer too, and its usual eps."""
