"""Combinations that cannot be right end in one sentence."""

from typing import Any

import pytest

from gan_lab.errors import GanLabError


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (["model=wgan_gp", "model.critic.norm=batch"], "batch norm in the critic"),
        (["model=wgan_gp", "model.generator.latent_dim=7"], "model.prior.dim"),
        (["model=gan", "model.n_critic=0"], "n_critic"),
        (["model=gan", "model.critic.outputs=3"], "model.critic.outputs=1"),
        (["model=gmgan_static", "penalty=[gradient]"], "one score per sample"),
        (["model=gmgan_static", "prior=normal"], "components"),
        (["model=gmgan_static", "model.prior.components=9"], "at least 10"),
        (["model=gan", "model.ema_decay=1.5"], "ema_decay"),
        (["model=wgan", "model.constraints.weight_clipping.limit=-1"], "above 0"),
        (["model=gan", "network=dcgan", "data.shape=[1,30,30]"], "divisible by 4"),
        (["model=gan", "model.n_critic=abc"], "model.n_critic is 'abc'"),
        (["model=gan", "model.prior.dim=2.5"], "model.prior.dim"),
        (["model=gan", "+model.loss.temperature=1"], "model.loss.temperature is no option of NonSaturating"),
        (["model=gan", "optimizer.lr=fast"], "lr"),
        (["model=gan", "loss=energy_margin"], "use model=ebgan or model=began"),
        (["model=gan", "loss=boundary_equilibrium"], "bounded on one side"),
    ],
)
def test_refused(build_model: Any, overrides: list[str], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        build_model(*overrides)


def test_batch_norm_is_fine_without_a_penalty(build_model: Any) -> None:
    assert build_model("model=gan", "model.critic.norm=batch").critic.couples_samples
