"""What a run is called: its variant, and what is not the variant's own."""

import pytest

from gan_lab.config.run_name import GROUPS, named, own_choices
from gan_lab.trust.targets import CONF_DIR
from tests.fixtures import Compose

MODELS = sorted(path.stem for path in (CONF_DIR / "model").glob("*.yaml"))
OWN = {"loss": "wasserstein", "penalty": ["gradient", "r1"], "prior": "normal"}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "mine"),
        ({"penalty": ["r1", "gradient"]}, "mine"),
        ({"loss": "hinge"}, "mine, loss=hinge"),
        ({"loss": "hinge", "penalty": []}, "mine, loss=hinge, penalty=[]"),
        ({"penalty": ["gradient"], "prior": "uniform"}, "mine, penalty=[gradient], prior=uniform"),
        ({"network": "dcgan"}, "mine"),
    ],
)
def test_what_differs_is_named(changes: dict[str, object], name: str) -> None:
    assert named("mine", OWN, OWN | changes) == name


def test_a_model_of_which_nothing_is_known_has_its_own_name() -> None:
    assert named("mine", {}, OWN) == "mine"
    assert own_choices(CONF_DIR, "no_such_model") == {}


def test_models_take_from_those_that_they_build_on_what_they_do_not_choose_themselves() -> None:
    for model in MODELS:
        assert own_choices(CONF_DIR, model).keys() >= {*GROUPS}, model
    assert own_choices(CONF_DIR, "wgan_gp")["loss"] != own_choices(CONF_DIR, "gan")["loss"]
    assert own_choices(CONF_DIR, "wgan_gp")["prior"] == own_choices(CONF_DIR, "gan")["prior"]


def test_the_name_of_a_command_line_is_where_people_read_it(composed: Compose) -> None:
    config = composed("model=wgan_gp", "loss=hinge", "penalty=[r1]", "logger=wandb")
    name = "wgan_gp, loss=hinge, penalty=[r1]"
    assert config["name"] == config["callbacks"]["progress"]["label"] == config["callbacks"]["summary"]["name"] == name
    assert config["variant"] == "wgan_gp"
    assert config["loggers"]["wandb"]["name"].startswith(f"{name}-")
    assert name in config["loggers"]["wandb"]["group"]


@pytest.mark.slow
@pytest.mark.parametrize("data", ["digits", "ring"])
def test_every_model_as_its_yaml_has_it_is_called_by_its_name(composed: Compose, data: str) -> None:
    for model in MODELS:
        assert composed(f"model={model}", f"data={data}")["name"] == model
