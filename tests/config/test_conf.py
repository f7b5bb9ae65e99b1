"""Every yaml composes and builds what it names; every class of a room has a yaml."""

import importlib
import inspect
import pkgutil
from abc import ABC
from pathlib import Path
from typing import Any

import pytest
import yaml

import gan_lab
from gan_lab.build import build
from gan_lab.callback.base import StepCallback
from gan_lab.data.base import DataModule
from gan_lab.loss.base import AdversarialLoss
from gan_lab.metric.base import Evaluator
from gan_lab.model.base import AdversarialModule
from gan_lab.model.generative import GenerativeModule
from gan_lab.network.base import Critic, Generator
from gan_lab.network.velocity import Velocity
from gan_lab.penalty.base import Penalty, WeightConstraint
from gan_lab.prior.base import LatentPrior
from gan_lab.sampler.base import Sampler
from gan_lab.trust.targets import CONF_DIR

ROOMS: dict[str, tuple[type, ...]] = {
    "model": (GenerativeModule,),
    "loss": (AdversarialLoss,),
    "penalty": (Penalty, WeightConstraint),
    "prior": (LatentPrior,),
    "sampler": (Sampler,),
    "network": (Generator, Critic, Velocity),
    "metric": (Evaluator,),
    "callback": (StepCallback,),
    "data": (DataModule,),
}


def options(group: str) -> list[str]:
    return sorted(path.stem for path in (CONF_DIR / group).glob("*.yaml"))


GROUPS = sorted(path.name for path in CONF_DIR.iterdir() if path.is_dir())
CHOICES = [
    pytest.param(
        group,
        option,
        marks=pytest.mark.xdist_group(f"conf/{group}"),  # what one composes, another asks again
    )
    for group in GROUPS
    for option in options(group)
]
PARTS = [choice for choice in CHOICES if choice.values[0] in ("network", "penalty", "prior", "loss")]


def as_argument(group: str, option: str) -> str:
    return f"{group}=[{option}]" if group in ("penalty", "callback", "measure") else f"{group}={option}"


def targets(config: Any) -> set[str]:
    """Every `_target_` in a configuration."""
    if isinstance(config, dict):
        own = {config["_target_"]} if "_target_" in config else set()
        return own.union(*(targets(value) for value in config.values()))
    return set().union(*(targets(value) for value in config)) if isinstance(config, list) else set()


@pytest.mark.slow
@pytest.mark.parametrize(("group", "option"), CHOICES)
def test_every_choice_composes_and_its_targets_exist(composed: Any, group: str, option: str) -> None:
    named = ("metric.extractor.name=mine",) if option == "trained" else ()
    for target in targets(composed(as_argument(group, option), *named)):
        module, _, name = target.rpartition(".")
        assert hasattr(importlib.import_module(module), name), target


@pytest.mark.slow
@pytest.mark.parametrize(("group", "option"), PARTS)
def test_every_part_builds_in_a_model_it_fits(composed: Any, group: str, option: str) -> None:
    fitting = {"energy_margin": "ebgan", "boundary_equilibrium": "began"}
    model = "gmgan_static" if option.startswith("class_") else fitting.get(option, "gan")
    data = "ring" if option == "mlp_2d" else "digits"
    part = build(composed(f"model={model}", f"data={data}", as_argument(group, option))["model"], "model")
    assert isinstance(part, AdversarialModule)


@pytest.mark.xdist_group("conf/sampler")
@pytest.mark.parametrize("option", options("sampler"))
def test_every_sampler_builds(composed: Any, option: str) -> None:
    assert isinstance(build(composed(f"sampler={option}")["sampler"], "sampler"), Sampler)


def named_by(path: Path) -> set[str]:
    """Every `_target_` in a yaml and in those that it starts from, read without composing."""
    config = yaml.safe_load(path.read_text()) or {}
    found = targets(config)
    for entry in config.get("defaults", []):
        group, option = next(iter(entry.items())) if isinstance(entry, dict) else ("", entry)
        folder = CONF_DIR / group.partition("@")[0].lstrip("/") if group else path.parent
        start = folder / f"{str(option).partition('@')[0]}.yaml"
        found |= named_by(start) if start.is_file() else set()
    return found


@pytest.mark.parametrize("group", sorted(ROOMS))
def test_yaml_and_class_name_each_other(group: str) -> None:
    """Both ways: a yaml names a class of its room, and every concrete class of the room is named by a yaml."""
    named = {option: named_by(CONF_DIR / group / f"{option}.yaml") for option in options(group)}
    package = importlib.import_module(f"gan_lab.{group}")
    classes = set()
    for info in pkgutil.walk_packages(package.__path__, f"gan_lab.{group}."):
        for name, value in inspect.getmembers(importlib.import_module(info.name), inspect.isclass):
            abstract = inspect.isabstract(value) or ABC in value.__bases__ or value in ROOMS[group]
            if issubclass(value, ROOMS[group]) and not abstract and value.__module__ == info.name:
                classes.add(f"{value.__module__}.{name}")
    assert classes
    assert classes <= set().union(*named.values())
    for option, found in named.items():
        assert any(target.startswith(f"gan_lab.{group}.") for target in found), option


def test_every_subclass_is_final() -> None:
    """An abstract class implements, its subclasses are final."""
    for info in pkgutil.walk_packages(gan_lab.__path__, "gan_lab."):
        if info.name.endswith("__main__"):
            continue
        for name, value in inspect.getmembers(importlib.import_module(info.name), inspect.isclass):
            if value.__module__ != info.name or not issubclass(value, sum(ROOMS.values(), ())):
                continue
            assert (
                inspect.isabstract(value)
                or ABC in value.__bases__
                or value in sum(ROOMS.values(), ())
                or getattr(value, "__final__", False)
            ), f"{info.name}.{name}"


def test_free_combinations_behave(composed: Any) -> None:
    config = composed("model=gan", "loss=wasserstein", "penalty=[gradient]", "model.prior.dim=7", "prior=uniform")[
        "model"
    ]
    model = build(config, "model")
    assert (model.generator.latent_dim, type(model.loss).__name__, [*model.penalties]) == (
        7,
        "Wasserstein",
        ["gradient"],
    )
    assert composed("model=wgan_gp", "penalty=[]")["model"]["penalties"] == {}
    assert composed("model=wgan_gp", "prior=uniform")["model"]["prior"]["_target_"].endswith("Uniform")


def test_2d_data_bring_their_networks_measures_and_pictures_unless_told_otherwise(composed: Any) -> None:
    config = composed("data=ring")
    assert config["model"]["generator"]["output"] == "linear"
    assert config["metric"]["_target_"].endswith("PointMeasure")
    assert {"point_samples", "replay"} <= {*config["callbacks"]}
    assert composed("data=ring", "network=mlp")["model"]["generator"]["output"] == "tanh"


def test_a_file_of_conf_has_a_comment_or_speaks_for_itself() -> None:
    """What a newcomer opens first: every variant and data set says what it is in its first lines."""
    for group in ("model", "data", "network", "metric"):
        for path in sorted(Path(CONF_DIR / group).glob("*.yaml")):
            lines = [line for line in path.read_text().splitlines()[:3] if "@package" not in line]
            assert any(line.startswith("#") for line in lines), path
