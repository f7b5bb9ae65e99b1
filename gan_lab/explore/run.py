"""Writes a page to play with trained models."""

from collections.abc import Sequence
from pathlib import Path

import torch

from gan_lab.config.choices import choices, no_such_choice
from gan_lab.config.compose import compose_config
from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.explore.explorer_page import FIRST, Explored, explored, explorer_page
from gan_lab.runs.atomic import write_text
from gan_lab.runs.run_folder import BestOrLast
from gan_lab.runs.saved_folder import shipped
from gan_lab.terminal.commands import from_here
from gan_lab.trained_model import TrainedModel, chosen_device
from gan_lab.trust.lenient import printable


def explore(paths: Sequence[str], out: Path, which: BestOrLast, samples: int) -> None:
    """Writes the page of the models at the paths, which `TrainedModel.open` takes, and prints where it is.

    Raises GanLabError for what the page cannot show; nothing is written then.
    """
    opened = [TrainedModel.open(path, which, chosen_device("cpu")) for path in paths]
    models: list[Explored] = []
    for path, trained in zip(paths, opened, strict=True):
        named = path if path in shipped() else str(trained.config.get("name") or trained.config["variant"])
        name = distinct(printable(named), [one.name for one in models])
        models.append(explored(trained, data_of(trained), name, samples, FIRST))
    page = explorer_page(models)
    write_text(out, page)
    print(f"explorer: {from_here(out)} ({len(page) / 1e6:.1f} MB)")


def distinct(name: str, taken: Sequence[str]) -> str:
    """Returns the name, with a number where it is taken already."""
    same = sum(other.partition(" #")[0] == name for other in taken)
    return f"{name} #{same + 1}" if same else name


def data_of(trained: TrainedModel) -> DataModule:
    """Returns the data that the model was trained on, downloaded if necessary and possible."""
    dataset = str(trained.config["dataset"])
    if dataset not in choices("data"):
        raise GanLabError(no_such_choice("data", dataset, f"data={dataset}"))
    chosen = compose_config(f"data={dataset}", root="sample", keys=["data", "seed"])["data"]
    with torch.random.fork_rng(devices=[]):
        return trained.load_data(chosen, dataset, [])
