"""The page that generates images in the browser, from models in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.explore.half_precision import in_half_precision, layers_data, page_bytes
from gan_lab.explore.latent_form import axes_data, principal_axes, prior_data
from gan_lab.explore.layer_list import layers_of
from gan_lab.explore.moved_codes import ways
from gan_lab.explore.sample_map import sample_map
from gan_lab.loss.classes import ClassLoss
from gan_lab.page.document import asset, document, filled
from gan_lab.trained_model import TrainedModel

PARTS = ("random.js", "network.js", "backward.js", "codes.js")
"""The scripts that compute images, without anything to see."""
VIEWS = ("canvases.js", "state.js", "grid.js", "one.js", "map.js", "drawing.js", "search.js", "ways.js", "main.js")
FIRST, MORE = 8_000_000, 6_000_000
"""How many bytes a page of one model may have, and how many more for each further model."""
CHANNELS = {1, 3}


@dataclass(frozen=True, slots=True)
class Explored:
    """A model of the page: its name, what all parts of the page know of it, and what only images need."""

    name: str
    facts: dict[str, Any]
    content: dict[str, Any]


def explored(trained: TrainedModel, data: DataModule, name: str, samples: int, most: int) -> Explored:
    """Returns a trained model as the page needs it, with a map of so many samples.

    Raises GanLabError for a generator that the page cannot compute, and for one that would take more than `most` bytes.
    """
    module = trained.module
    generator, prior = module.averaged_networks
    if generator.shape[0] not in CHANNELS:
        raise GanLabError(f"explore shows images of 1 or 3 channels, and {name} makes ones of {generator.shape[0]}")
    layers = in_half_precision(layers_of(generator))
    if (size := page_bytes(layers)) > most:
        raise GanLabError(
            f"the generator of {name} would take {size / 1e6:.1f} of the {most / 1e6:.0f} MB that explore.html may "
            "have: explore shows smaller ones, as of model.generator.hidden=256"
        )
    classes = module.loss.asked_classes if isinstance(module.loss, ClassLoss) else 0
    facts = {"name": name, "dataset": trained.config["dataset"], "shape": [*generator.shape], "asked": classes}
    content = {
        "layers": layers_data(layers),
        "prior": prior_data(prior),
        "conditional": generator.classes,
        "axes": axes_data(principal_axes(layers, prior)),
        "map": sample_map(module, layers, data, trained.config["dataset"], samples).data(),
        "ways": ways(trained, data),
    }
    return Explored(name, facts, content)


def own(name: str) -> str:
    """Returns the text of a part of this page."""
    return asset(name, "gan_lab.explore", "explore_assets")


def explorer_page(models: Sequence[Explored]) -> str:
    """Returns the content of explore.html. Raises GanLabError where it is too large."""
    names = [model.name for model in models]
    page = document(
        title=f"explore {', '.join(names)}",
        body=filled(own("body.html"), {"title": escape(" · ".join(names)), "slider": asset("slider.html")}),
        styles=[own("explore.css")],
        scripts=[own(name) for name in (*PARTS, *VIEWS)],
        data={"data": {"models": [model.facts for model in models]}},
        later={f"model-{number}": model.content for number, model in enumerate(models)},
    )
    most = limit(len(models))
    if len(page) > most:
        raise GanLabError(
            f"the page would have {len(page) / 1e6:.1f} MB, and the limit is {most / 1e6:.0f}: take fewer models, or "
            "samples=500"
        )
    return page


def limit(models: int) -> int:
    """Returns how many bytes a page of so many models may have."""
    return FIRST + MORE * (models - 1)
