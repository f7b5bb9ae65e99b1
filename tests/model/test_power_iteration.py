"""How far a spectral norm's power iteration lags behind, in closed form."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from gan_lab.model.diagnostics import norm_after


@pytest.mark.parametrize(("large", "small"), [(3.0, 2.9), (2.0, 1.0), (1.0, 1.0)])
def test_five_more_steps_beside_the_norm_that_is_used(large: float, small: float) -> None:
    """W = diag(a, b): a step multiplies the ratio of u's coordinates by (b / a)^2, half a step v's by b / a."""
    layer = spectral_norm(nn.Linear(2, 2, bias=False))
    weight = torch.diag(torch.tensor([large, small]))
    normalisation: Any = layer.parametrizations.weight[0]  # type: ignore[union-attr,index]
    with torch.no_grad():
        normalisation._u.copy_(torch.tensor([0.6, 0.8]))
        normalisation._v.copy_(torch.tensor([0.8, 0.6]))
    before = [normalisation._u.clone(), normalisation._v.clone()]
    found = norm_after(normalisation, weight)
    u, v = (nn.functional.normalize(torch.tensor([0.6 * large**power, 0.8 * small**power]), dim=0) for power in (10, 9))
    used = 0.48 * large + 0.48 * small
    assert found.item() == pytest.approx((large * u[0] * v[0] + small * u[1] * v[1]).item() / used, rel=1e-6)
    assert torch.equal(normalisation._u, before[0])
    assert torch.equal(normalisation._v, before[1])
