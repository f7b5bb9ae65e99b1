"""The mixture layer of MMGAN: components by weight."""

import torch
from torch.nn import functional as F

from gan_lab.prior.gaussian_mixture import GaussianMixture


def mixture() -> GaussianMixture:
    return GaussianMixture(dim=3, components=4, spread=2.0, std=0.5, trainable=True, means_seed=1)


def test_one_hot_weights_give_what_sampling_gives() -> None:
    prior = mixture()
    with torch.no_grad():
        prior.rho.add_(torch.randn(4, 3))
    latent = prior.sample(20, torch.Generator().manual_seed(0))
    noise = torch.randn(20, 3, generator=torch.Generator().manual_seed(0))
    assert latent.component is not None
    torch.testing.assert_close(prior.mix(F.one_hot(latent.component, 4).float(), noise), latent.z)


def test_soft_weights_mix_means_and_deviations() -> None:
    prior = mixture()
    weights, noise = torch.tensor([[0.25, 0.0, 0.75, 0.0]]), torch.randn(1, 3)
    mean = 0.25 * prior.means[0] + 0.75 * prior.means[2]
    std = 0.25 * prior.std[0] + 0.75 * prior.std[2]
    torch.testing.assert_close(prior.mix(weights, noise)[0], mean + std * noise[0])
