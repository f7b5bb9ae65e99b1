"""A categorical code and continuous ones beside noise."""

import pytest
import torch

from gan_lab.prior.info_codes import InfoCodes
from gan_lab.prior.labelled import Labelled
from tests.present import present


def test_the_first_numbers_of_a_normal_code_are_continuous_codes() -> None:
    prior = InfoCodes(dim=5, components=4, continuous=2)
    latent = prior.sample(30, torch.Generator().manual_seed(0))
    plain = Labelled(dim=5, components=4).sample(30, torch.Generator().manual_seed(0))
    assert torch.equal(latent.z, plain.z)
    assert torch.equal(present(latent.component), present(plain.component))
    assert torch.equal(prior.continuous_codes(latent.z), latent.z[:, :2])
    assert prior.continuous_codes(latent.z).shape == (30, 2)


def test_more_codes_than_numbers_are_refused() -> None:
    assert InfoCodes(dim=2, components=3, continuous=2).continuous == 2
    with pytest.raises(ValueError, match="continuous=3 must be at most dim=2"):
        InfoCodes(dim=2, components=3, continuous=3)
