"""Checks what a command measures or draws of a trained model, as far as its run's config.yaml tells."""

from collections.abc import Sequence
from typing import Any

from omegaconf import DictConfig

from gan_lab.checks.composed import config_of_hydra
from gan_lab.checks.data_set import choice_of, refuse_few_samples, refuse_other_facts
from gan_lab.checks.measured import Trained, refuse_measure, refuse_sampler
from gan_lab.config.plain_values import plain
from gan_lab.data.of_run import own_data
from gan_lab.domains import PositiveInt, conform
from gan_lab.errors import GanLabError
from gan_lab.runs.run_folder import config_at


def check_data(config: DictConfig, overrides: Sequence[str]) -> tuple[int, ...]:
    """Returns the shape of the samples of the chosen data, which are those of the run where it was trained on this set.

    Raises GanLabError for data that are not of the chosen set.
    """
    with config_of_hydra(config):
        data: Any = plain(config.data)
    saved = {} if config.get("checkpoint") is None else config_at(config.checkpoint)
    if saved.get("dataset") == choice_of("data", config) and isinstance(saved.get("data"), dict):
        data = own_data(saved["data"], data, overrides)
    else:
        refuse_other_facts(config, overrides)
    refuse_few_samples(data)
    return conform(data.get("shape"), tuple[PositiveInt, ...], "data.shape")


def model_at(config: DictConfig, shape: tuple[int, ...]) -> Trained | None:
    """Returns what is known of the model of `checkpoint`. Raises GanLabError for samples of another shape than those of
    the data."""
    trained = None if config.get("checkpoint") is None else Trained.at(config.checkpoint)
    if trained is None:
        return None
    if trained.shape != shape:
        raise GanLabError(
            f"the model generates samples of shape {[*trained.shape]}, but those of data={choice_of('data', config)} "
            f"have shape {[*shape]}: the two cannot be compared"
        )
    return trained


def check_model(config: DictConfig, shape: tuple[int, ...]) -> Trained | None:
    """Does what `model_at` does. Raises GanLabError for a sampler that cannot draw from the model, too."""
    trained = model_at(config, shape)
    if trained is None:
        return None
    with config_of_hydra(config):
        refuse_sampler(plain(config.sampler), choice_of("sampler", config), trained)
    return trained


def check_measured(config: DictConfig, shape: tuple[int, ...]) -> None:
    """Raises GanLabError for a measure of other data, and where `check_model` does."""
    with config_of_hydra(config):
        refuse_measure(plain(config.metric), shape, choice_of("metric", config), choice_of("data", config))
    check_model(config, shape)
