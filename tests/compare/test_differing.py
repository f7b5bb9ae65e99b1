"""A part with all that comes with it is one thing, and so is a value that is set in several places."""

from typing import Any

import pytest

from gan_lab.compare.differing import differing

GAN: dict[str, Any] = {
    **{"variant": "gan", "seed": 1, "model._target_": "GAN", "model.seed": 1, "model.n_critic": 1},
    **{"model.loss._target_": "NonSaturating", "model.loss.real_target": 1.0, "model.critic.outputs": 1},
    **{"model.prior._target_": "Normal", "model.prior.dim": 100, "model.generator.latent_dim": 100},
    **{"optimizer.lr": 2e-4, "model.optimizers.critic.lr": 2e-4, "model.optimizers.generator.lr": 2e-4},
}


@pytest.mark.parametrize(
    ("changes", "things"),
    [
        ({"variant": "wgan", "seed": 2, "model.seed": 2}, []),
        ({"model.n_critic": 1.0}, []),
        ({"model.n_critic": 2}, ["model.n_critic"]),
        ({"model.penalties.r1._target_": "R1", "model.penalties.r1.gamma": 1.0}, ["model.penalties.r1"]),
        ({"model.prior.dim": 50, "model.generator.latent_dim": 50}, ["model.prior.dim"]),
        ({"model.prior.dim": 50, "model.generator.latent_dim": 60}, ["model.prior.dim", "model.generator.latent_dim"]),
        ({key: 1e-3 for key in GAN if key.endswith("lr")}, ["optimizer.lr"]),
        ({"model.optimizers.critic.lr": 1e-3}, ["model.optimizers.critic.lr"]),
        (
            {"model.optimizers.critic.lr": 1e-3, "model.optimizers.generator.lr": 1e-3},
            ["model.optimizers.critic.lr", "model.optimizers.generator.lr"],
        ),
        ({"model.prior._target_": "Mixture", "model.prior.components": 10}, ["model.prior"]),
        ({"model.prior._target_": "Mixture", "model.prior.dim": 50}, ["model.prior.dim", "model.prior"]),
        ({"model.loss._target_": "ClassBCE", "model.loss.num_classes": 10, "model.critic.outputs": 10}, ["model.loss"]),
        ({"model.critic.outputs": 10}, ["model.critic.outputs"]),
        ({"model.critic.projection": True}, ["model.critic.projection"]),
        ({"model.prior._target_": "Labelled", "model.generator.classes": 10}, ["model.prior"]),
        ({"model.generator.classes": 10}, ["model.generator.classes"]),
        (
            {"model.penalties.consistency._target_": "Consistency", "model.critic.dropout": 0.5},
            ["model.penalties.consistency"],
        ),
        ({"model._target_": "MMGAN", "model.alpha": 1.0, "model.n_critic": 5}, ["model", "model.n_critic"]),
        (
            {"model._target_": "MMGAN", "model.encoder._target_": "MLP", "model.encoder.width": 9},
            ["model", "model.encoder"],
        ),
    ],
)
def test_things_are_counted(changes: dict[str, Any], things: list[str]) -> None:
    assert sorted(differing(GAN, GAN | changes)) == sorted(things)
    assert sorted(differing(GAN | changes, GAN)) == sorted(things)


def test_a_sampler_is_one_thing_with_its_own_settings() -> None:
    drs = GAN | {"sampling.sampler": "drs", "sampling.gamma": 0.1, "sampling.calibration": "platt"}
    assert differing(drs, GAN | {"sampling.sampler": "direct"}) == ["sampling.sampler"]
    assert differing(drs, drs | {"sampling.gamma": 0.2}) == ["sampling.gamma"]
    mh = GAN | {"sampling.sampler": "mh", "sampling.calibration": "isotonic"}
    assert {*differing(drs, mh)} == {"sampling.sampler", "sampling.calibration"}


def test_one_rule_for_the_critic_in_place_of_another_is_one_thing() -> None:
    clipped = GAN | {
        "model.constraints.weight_clipping._target_": "Clip",
        "model.constraints.weight_clipping.limit": 0.01,
    }
    penalised = GAN | {"model.penalties.gradient._target_": "Gradient", "model.penalties.gradient.weight": 10.0}
    assert differing(clipped, penalised) == ["model.constraints.weight_clipping for model.penalties.gradient"]
    assert differing(penalised, clipped) == ["model.penalties.gradient for model.constraints.weight_clipping"]
    both = {**clipped, **penalised}
    assert differing(both, clipped) == ["model.penalties.gradient"]
    assert len(differing(GAN | {"model.penalties.r1._target_": "R1"}, both)) == 3, "one in place of two"
