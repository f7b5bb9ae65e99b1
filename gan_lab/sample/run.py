"""Draws and saves samples, for `python -m gan_lab.sample`."""

import time
from pathlib import Path
from typing import Any

from gan_lab.build import build
from gan_lab.runs.atomic import replacing_folder, write_json
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.provenance import provenance
from gan_lab.sample.chosen_components import chosen_components
from gan_lab.sample.files import in_rows, write_samples, write_sheet, write_trajectory
from gan_lab.sample.options import Settings
from gan_lab.sample.trajectory import interpolation, traversal
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.chains import chains_picture
from gan_lab.sampler.cost import cost_in_words, cost_per_sample
from gan_lab.terminal.commands import typed
from gan_lab.terminal.table import paragraph
from gan_lab.trained_model import TrainedModel, chosen_device
from gan_lab.trust.lenient import printable
from gan_lab.types import SampleResult


def sample(config: dict[str, Any], overrides: list[str], dataset: str) -> Path:
    """Draws samples from the model of `checkpoint` and writes them, pictures and samples.json to `out`.

    The same seed gives the samples that `evaluate` measures. `overrides` are those of the command line, `dataset` is
    the chosen data's name. Returns the folder. Raises GanLabError for what cannot be drawn; nothing is written then.
    """
    settings = Settings.of(config)
    sampler: Sampler = build(config["sampler"], "sampler", Sampler)
    settings.refuse_sampler(sampler)
    device = chosen_device(config["device"])
    start = time.perf_counter()
    trained = TrainedModel.open(config["checkpoint"], config["which"], device)
    data = trained.load_data(config["data"], dataset, overrides)
    prior = trained.module.averaged_prior
    settings.refuse_model(data.shape, prior)
    component = chosen_components(
        prior, trained.module.loss, settings.n, label=settings.label, component=settings.component
    )
    trained.prepare(sampler, data)
    prepared = time.perf_counter()
    drawn = trained.draw(sampler, settings.n, settings.seed, component)
    sampled = time.perf_counter()

    cost = cost_per_sample(drawn)
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
        "cost": cost,
        "report": drawn.report,
        "seconds": {"preparing": round(prepared - start, 3), "sampling": round(sampled - prepared, 3)},
        **provenance(device),
    }
    with replacing_folder(settings.out) as folder:
        write_samples(folder, drawn, settings.format)
        write_sheet(folder, drawn.x, data.validation.values)
        if drawn.path:
            save_picture(chains_picture(sampler.context, drawn.path), folder / "chains.png")
        if settings.trajectory is not None:
            write_ways(folder, settings, sampler, drawn)
        write_json(folder / "samples.json", record)
    for warning in drawn.report.get("warnings", []):
        print(printable(f"warning: {warning}"))
    print(cost_in_words(cost))
    names = ", ".join(sorted(path.name + "/" * path.is_dir() for path in settings.out.iterdir()))
    print(printable(f"{settings.n:,} samples of {trained.stated['variant']}: {config['out']}"))
    print(paragraph(f"written there: {names}"))
    return settings.out


def write_ways(folder: Path, settings: Settings, sampler: Sampler, drawn: SampleResult) -> None:
    """Writes the trajectory that starts from the codes of the samples."""
    context, rows, steps = sampler.context, settings.rows, settings.steps
    if settings.trajectory == "interpolation":
        codes = interpolation(context.prior, drawn.latent.map(lambda value: value[: rows + 1]), steps)
    else:
        codes = traversal(context.prior, drawn.latent.map(lambda value: value[:1]), rows, steps)
    with context.evaluating():
        write_trajectory(folder, in_rows(context.images(codes), rows))
