"""Checks the configuration of a training."""

from collections.abc import Mapping, Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed, config_of_hydra
from gan_lab.checks.data_set import choice_of, refuse_batch, refuse_few_samples, refuse_other_facts
from gan_lab.checks.length import LENGTHS, check_length
from gan_lab.checks.measured import Trained, refuse_added, refuse_measure, refuse_sampler
from gan_lab.checks.trainer_options import refuse_devices
from gan_lab.config.plain_values import plain
from gan_lab.domains import PositiveInt, conform
from gan_lab.errors import GanLabError

USED: dict[str, Any] = {
    **dict.fromkeys(("model", "data", "trainer", "callbacks", "loggers"), Any),
    **{"seed": int, "resume": str | None, "overwrite": bool},
    **LENGTHS,
}
"""What a training uses of its configuration, with the types of what is no configuration of an object."""

PLAYERS = ("critic", "generator")

DRAWN = (
    ("image_samples", 3, "use point_samples"),
    ("point_samples", 1, "use image_samples"),
    ("replay", 1, "it records points in the plane, such as those of data=ring"),
)
"""Callbacks that draw, the dimensions of the data that they can draw, and what to do for others."""

JUDGING = {"loss": "loss=", "penalties": "penalty=", "constraints": "penalty=", "augment": "augment="}
"""Parts of a model that are rules for a critic, or change what it judges, and how they are chosen."""


def check_training(config: DictConfig, overrides: Sequence[str], search: bool = False) -> None:
    """Raises GanLabError for everything about a configuration that cannot be right, as far as it shows without torch.

    `overrides` are those of the command line. In a `search`, the space to search is used too.
    """
    check_length(config, overrides)
    refuse_incomplete(config)
    refuse_missing_labels(config)
    refuse_rules_for_nobody(config)
    refuse_added(config.metric, choice_of("metric", config), "evaluation" in config.callbacks)
    if not search and "pruning" in config.callbacks:
        raise GanLabError("callback=pruning stops runs of a search that are behind others: it is for -m sweep=search")
    check_composed(config, overrides, USED | ({"search": dict | None} if search else {}), search=search)
    with config_of_hydra(config):
        data, model = plain(config.data), plain(config.model)
        evaluation = plain(config.callbacks.get("evaluation"))
    refuse_few_samples(data)
    refuse_other_facts(config, overrides)
    trained = Trained.of(model, data)
    refuse_batch(data, refuse_devices(plain(config.trainer)), model.get("packing", 1), trained.compares_batches)
    refuse_unseen_labels(model)
    if evaluation is not None:
        refuse_measure(evaluation["measure"], data["shape"], choice_of("metric", config), choice_of("data", config))
        refuse_sampler(evaluation["sampler"], choice_of("sampler", config), trained, while_training=True)


def refuse_unseen_labels(model: Mapping[str, Any]) -> None:
    """Raises GanLabError for labels of codes that no loss looks at."""
    if model["prior"]["_target_"].endswith(".Labelled") and "num_classes" not in model.get("loss", {"num_classes": 0}):
        raise GanLabError(
            "prior=labelled gives each code a class, which this loss never looks at: use a loss of classes, such as "
            "loss=class_wasserstein, or another prior"
        )
    if model["prior"]["_target_"].endswith(".InfoCodes") and not model["_target_"].endswith(".InfoGAN"):
        raise GanLabError(
            "prior=info_codes gives codes that are to be found, and no network of this model seeks them: use "
            "model=infogan, or another prior"
        )


def refuse_rules_for_nobody(config: DictConfig) -> None:
    """Raises GanLabError for a loss, a penalty or an augmentation where a model has no critic."""
    if "critic" in config.model and config.model.critic is None:
        for part, choice in JUDGING.items():
            if config.model.get(part):
                name = choice_of("model", config)
                raise GanLabError(f"{choice} chooses a rule for a critic, and model={name} has none: leave it out")


def refuse_missing_labels(config: DictConfig) -> None:
    """Raises GanLabError where a model has a part for each class, and the data have no classes."""
    model = OmegaConf.to_container(config.model, resolve=False)
    if "${data.num_classes}" in str(model) and config.data.num_classes == 0:
        raise GanLabError("this model needs class labels, but these data have none: set data= to a set with classes")


def refuse_incomplete(config: DictConfig) -> None:
    """Raises GanLabError for callbacks and loggers that are no objects, for an optimizer of nobody, and for pictures of
    what the data are not."""
    for part, choice in (("callbacks", "callback=[NAME]"), ("loggers", "logger=NAME")):
        entries = config[part]
        if not isinstance(entries, DictConfig):
            raise GanLabError(f"{part} must have an entry for each: {choice} chooses them")
        for name, entry in entries.items():
            if not isinstance(entry, DictConfig) or "_target_" not in entry:
                raise GanLabError(f"{part}.{name!s} is no whole object: {choice} adds one, ~{part}.NAME removes one")
    optimizers = OmegaConf.select(config, "model.optimizers")
    if isinstance(optimizers, DictConfig) and (unknown := [str(name) for name in optimizers if name not in PLAYERS]):
        raise GanLabError(
            f"model.optimizers.{unknown[0]} is for nobody: the players are {' and '.join(PLAYERS)}, whose optimizer "
            "trains the prior too"
        )
    shape = conform(plain(OmegaConf.select(config, "data.shape")), tuple[PositiveInt, ...], "data.shape")
    for name, size, remedy in DRAWN:
        if name in config.callbacks and len(shape) != size:
            raise GanLabError(f"callback={name} cannot draw these data, whose shape is {[*shape]}: {remedy}")
    for name in ("point_samples", "replay"):
        if name in config.callbacks and shape == (1,):
            raise GanLabError(f"callback={name} draws points in the plane, and these lie on a line: leave it out")
