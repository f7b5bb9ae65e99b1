"""An override that changes nothing is found, however the parts of a run refer to each other."""

import pytest
from hydra.core.hydra_config import HydraConfig

from gan_lab.checks.effect import refuse_without_effect
from gan_lab.checks.objects import origin
from gan_lab.checks.training import check_training
from gan_lab.config.compose import composition
from gan_lab.config.plain_values import as_hydra_config
from gan_lab.errors import GanLabError

RAW = {
    "optimizer": {"lr": 1.0},
    "model": {
        "critic": {"lr": "${optimizer.lr}", "width": 3},
        "encoder": "${autoencoder}",
        "decoder": "${model.encoder}",
    },
    "autoencoder": {"outputs": 7},
}


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("model.critic.lr", "optimizer.lr"),
        ("model.critic.width", "model.critic.width"),
        ("model.encoder.outputs", "autoencoder.outputs"),
        ("model.decoder.outputs", "autoencoder.outputs"),
        ("model.nothing.here", "model.nothing.here"),
    ],
)
def test_a_value_is_known_by_the_key_that_sets_it(path: str, key: str) -> None:
    assert origin(RAW, path) == key


@pytest.mark.slow
@pytest.mark.parametrize(
    ("overrides", "useless"),
    [
        (("optimizer.lr=1e-4",), ()),
        (("model=gan", "autoencoder.power=1"), ("autoencoder.power=1",)),
        (("model=ebgan", "autoencoder.power=1"), ()),
        (("model=bwgan", "sobolev.p=inf"), ()),
        (("metric.metrics.prdc.k=4", "sampler.batch_size=7"), ()),
        (("~callbacks.evaluation", "metric.metrics.prdc.k=4"), ("metric.metrics.prdc.k=4",)),
        (("optimizer.lr=1e30", "logger=[csv,wandb]", "penalty=[r1,r2]"), ()),
    ],
)
def test_what_nothing_uses_is_refused(overrides: tuple[str, ...], useless: tuple[str, ...]) -> None:
    config = composition("config", overrides)
    if not useless:
        check_training(config, overrides)
        return
    with pytest.raises(GanLabError, match=f"^{useless[0]} does nothing here"):
        check_training(config, overrides)


def test_a_choice_from_a_group_that_is_there_for_others_is_refused() -> None:
    config = composition("sample", ("checkpoint=x",))
    with as_hydra_config(config), pytest.raises(GanLabError, match=r"^metric=random does nothing here"):
        refuse_without_effect(config, ["metric=random"], ["data", "sampler"], idle=["metric"])


def test_the_configuration_is_not_changed_by_trying() -> None:
    config = composition("config", ("optimizer.lr=3e-4",))
    before, of_hydra = str(config), HydraConfig.instance().cfg
    check_training(config, ["optimizer.lr=3e-4"])
    assert str(config) == before
    assert HydraConfig.instance().cfg is of_hydra
