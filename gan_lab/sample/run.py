"""Draws and saves samples, for `python -m gan_lab.sample`."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_lab.build import build
from gan_lab.domains import conform
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import refuse_taken, replacing_folder, write_json
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.provenance import provenance
from gan_lab.sample.chosen_components import chosen_components
from gan_lab.sample.files import Format, in_rows, write_samples, write_sheet, write_trajectory
from gan_lab.sample.options import Settings
from gan_lab.sample.trajectory import interpolation, traversal
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.chains import chains_picture
from gan_lab.sampler.cost import cost_in_words, cost_per_sample
from gan_lab.sampler.from_prior import FromPrior
from gan_lab.terminal.commands import typed
from gan_lab.terminal.table import paragraph
from gan_lab.trained_model import TrainedModel, chosen_device
from gan_lab.trust.home import expanded
from gan_lab.trust.lenient import printable
from gan_lab.types import SampleResult


@dataclass(frozen=True, slots=True)
class Drawing:
    """Samples that were drawn, with everything that is recorded of them and needed to write them.

    `real` are real points to draw below generated ones, none for images.
    """

    drawn: SampleResult
    settings: Settings
    sampler: Sampler
    real: Tensor
    record: dict[str, Any]


def sample(config: dict[str, Any], overrides: list[str], dataset: str) -> Path:
    """Draws samples from the model of `checkpoint` and writes them, pictures and samples.json to `out`.

    The same seed gives the samples that `evaluate` measures. `overrides` are those of the command line, `dataset` is
    the chosen data's name. Returns the folder. Raises GanLabError for what cannot be drawn; nothing is written then.
    """
    if config["checkpoint"] is None:
        raise GanLabError("sample needs checkpoint=PATH, a run folder or a .ckpt file")
    out = expanded(conform(config["out"], str, "out")).resolve()
    refuse_taken(out)
    settings, start = Settings.of(config), time.perf_counter()
    trained = TrainedModel.open(config["checkpoint"], config["which"], chosen_device(config["device"]))
    drawing = draw(trained, settings, config, overrides, dataset, start)
    write(drawing, out, settings.format)
    for warning in drawing.drawn.report.get("warnings", []):
        print(printable(f"warning: {warning}"))
    print(cost_in_words(drawing.record["cost"]))
    names = ", ".join(sorted(path.name + "/" * path.is_dir() for path in out.iterdir()))
    print(printable(f"{drawing.settings.n:,} samples of {drawing.record['checkpoint']['variant']}: {config['out']}"))
    print(paragraph(f"written there: {names}"))
    return out


def draw(
    trained: TrainedModel,
    settings: Settings,
    config: dict[str, Any],
    overrides: list[str],
    dataset: str,
    start: float,
) -> Drawing:
    """Draws samples from a model as `sample` does, and writes nothing. The preparation began at `start`."""
    sampler: Sampler = build(config["sampler"], "sampler", Sampler)
    settings.refuse_sampler(sampler)
    points = len(trained.config["data"]["shape"]) != 3
    used = points or not isinstance(sampler, FromPrior)  # codes of the prior need no data, which may not be here
    data = trained.load_data(config["data"], dataset, overrides, read=used)
    prior = trained.module.averaged_prior
    settings.refuse_model(data.shape, prior)
    component = chosen_components(
        prior, trained.module.loss, settings.n, label=settings.label, component=settings.component
    )
    trained.prepare(sampler, data)
    prepared = time.perf_counter()
    drawn = trained.draw(sampler, settings.n, settings.seed, component)
    sampled = time.perf_counter()
    record = {
        "command": typed("gan_lab.sample", *overrides),
        "overrides": overrides,
        "checkpoint": trained.stated | {"ema": True},
        "sampler": {"name": sampler.name, **sampler.stated()},
        "seed": settings.seed,
        "n": settings.n,
        "label": settings.label,
        "component": settings.component,
        "trajectory": settings.trajectory,
        "format": settings.format,
        "acceptance": drawn.stats.get("acceptance"),
        "stats": drawn.stats,
        "cost": cost_per_sample(drawn),
        "report": drawn.report,
        "seconds": {"preparing": round(prepared - start, 3), "sampling": round(sampled - prepared, 3)},
        **provenance(trained.module.device),
    }
    real = data.validation.values if points else torch.zeros(0)
    return Drawing(drawn, settings, sampler, real, record)


def write(drawing: Drawing, out: Path, kind: Format) -> None:
    """Writes the samples, their pictures and samples.json to a new folder. Raises GanLabError where it is not empty."""
    drawn, settings, sampler = drawing.drawn, drawing.settings, drawing.sampler
    with replacing_folder(out) as folder:
        write_samples(folder, drawn, kind)
        write_sheet(folder, drawn.x, drawing.real)
        if drawn.path:
            save_picture(chains_picture(sampler.context, drawn.path), folder / "chains.png")
        if settings.trajectory is not None:
            write_ways(folder, settings, sampler, drawn)
        write_json(folder / "samples.json", drawing.record | {"format": kind})


def write_ways(folder: Path, settings: Settings, sampler: Sampler, drawn: SampleResult) -> None:
    """Writes the trajectory that starts from the codes of the samples."""
    context, rows, steps = sampler.context, settings.rows, settings.steps
    if settings.trajectory == "interpolation":
        codes = interpolation(context.prior, drawn.latent.map(lambda value: value[: rows + 1]), steps)
    else:
        codes = traversal(context.prior, drawn.latent.map(lambda value: value[:1]), rows, steps)
    with context.evaluating():
        write_trajectory(folder, in_rows(context.images(codes), rows))
