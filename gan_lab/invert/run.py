"""Finds and saves the codes of images, for `python -m gan_lab.invert`."""

import csv
import time
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.build import build
from gan_lab.domains import conform
from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8
from gan_lab.invert.pairs import pairs
from gan_lab.invert.wanted_images import WantedImages, of_files, of_test_images
from gan_lab.maths.float32 import full_float32
from gan_lab.prior.code_search import CodeSearch, FoundCodes
from gan_lab.runs.atomic import refuse_taken, replacing_folder, write_json, write_text
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.provenance import provenance
from gan_lab.sample.files import in_rows, write_trajectory
from gan_lab.sample.trajectory import interpolation
from gan_lab.terminal.commands import typed
from gan_lab.terminal.table import paragraph, table
from gan_lab.trained_model import TrainedModel, chosen_device
from gan_lab.trust.home import expanded
from gan_lab.trust.lenient import printable
from gan_lab.trust.texts import no_formula

MOST_ROWS = 100
"""The largest number of paths from image to image in one picture."""
AT_ONCE = 500
"""Images of a path that are generated together."""


@dataclass(frozen=True, slots=True)
class Inverted:
    """Images with the codes that were found, everything that is recorded of them, and the paths between them.

    `paths` has a row for each image but the last one, or is None.
    """

    wanted: WantedImages
    found: FoundCodes
    record: dict[str, Any]
    paths: Float[Tensor, "rows steps *shape"] | None


def invert(config: dict[str, Any], overrides: list[str], dataset: str) -> Path:
    """Finds the codes of images with the model of `checkpoint`, and writes them, pictures and inversion.json to `out`.

    `overrides` are those of the command line, `dataset` is the chosen data's name. Returns the folder. Raises
    GanLabError for images that the model cannot make; nothing is written then.
    """
    if config["checkpoint"] is None:
        raise GanLabError("invert needs checkpoint=PATH, a run folder or a .ckpt file")
    out = expanded(conform(config["out"], str, "out")).resolve()
    refuse_taken(out)
    trained = TrainedModel.open(config["checkpoint"], config["which"], chosen_device(config["device"]))
    if len(trained.config["data"]["shape"]) != 3:
        raise GanLabError("invert finds the codes of images, and this model generates points")
    if config["images"] is None:
        wanted = of_test_images(trained, config, dataset, overrides)
    else:
        wanted = of_files(config["images"], trained, config["n"], config["links"])
    done = inverted(trained, wanted, config, overrides)
    write(done, out)
    print("\n".join(said(done)))
    names = ", ".join(sorted(path.name for path in out.iterdir()))
    print(paragraph(f"written to {config['out']}: {names}"))
    return out


def inverted(trained: TrainedModel, wanted: WantedImages, config: dict[str, Any], overrides: list[str]) -> Inverted:
    """Finds the codes of the images as `invert` does, and writes nothing."""
    steps = config["interpolation_steps"]
    if steps is not None and not 1 < len(wanted.x) <= MOST_ROWS + 1:
        raise GanLabError(
            f"interpolation_steps= draws a row from each image to the next, of 2 to {MOST_ROWS + 1} images, not of "
            f"{len(wanted.x)}: set n="
        )
    search: CodeSearch = build(config["descent"], "descent", CodeSearch)
    generator, prior = trained.module.averaged_networks
    start = time.perf_counter()
    found = search.find(generator, prior, wanted.x, config["seed"])
    record = {
        "command": typed("gan_lab.invert", *overrides),
        "overrides": overrides,
        "checkpoint": trained.stated | {"ema": True},
        "source": wanted.stated,
        "n": len(wanted.x),
        "seed": config["seed"],
        "descent": search.stated(),
        "interpolation_steps": steps,
        "error": {
            "mean": found.error.mean().item(),
            "median": found.error.median().item(),
            "largest": found.error.max().item(),
        },
        "by_class": by_class(wanted, found),
        "images": rows(wanted, found),
        "seconds": round(time.perf_counter() - start, 3),
        **provenance(trained.module.device),
    }
    paths = None
    if steps is not None:
        with torch.no_grad(), full_float32():
            codes = interpolation(prior, found.latent, steps).split(AT_ONCE)
            made = torch.cat([generator(part.z, part.component) for part in codes])
        paths = in_rows(made, len(wanted.x) - 1)
    return Inverted(wanted, found, record, paths)


def rows(wanted: WantedImages, found: FoundCodes) -> list[dict[str, Any]]:
    """Returns what is known of each image: its name, label, component, errors, and the losses of all starts."""
    columns: dict[str, list[Any]] = {"image": wanted.names}
    if wanted.labels is not None:
        columns["label"] = wanted.labels.tolist()
    if found.latent.component is not None:
        columns["component"] = found.latent.component.tolist()
    columns |= {name: getattr(found, name).tolist() for name in ("error", "loss", "norm", "losses")}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def by_class(wanted: WantedImages, found: FoundCodes) -> dict[str, dict[str, int | float]]:
    """Returns the number of images and the mean error of each class, by its number; empty without labels."""
    if wanted.labels is None:
        return {}
    classes = [(c, found.error[(wanted.labels == c).to(found.error.device)]) for c in wanted.labels.unique().tolist()]
    return {str(c): {"images": len(error), "error": error.mean().item()} for c, error in classes}


def write(done: Inverted, out: Path) -> None:
    """Writes everything to a new folder. Raises GanLabError where it is not empty.

    codes.npy are the codes z [n d], reconstructions.npy their images as uint8 [n c h w], codes.csv and inversion.json
    have the errors, reconstructions.png shows the first images beside theirs, and trajectory.png and .gif the paths.
    """
    found, wanted = done.found, done.wanted
    with replacing_folder(out) as folder:
        np.save(folder / "codes.npy", found.latent.z.cpu().numpy())
        np.save(folder / "reconstructions.npy", to_uint8(found.x).cpu().numpy())
        write_text(folder / "codes.csv", comma_separated(done.record["images"]))
        save_picture(pairs(wanted.x, found.x, found.error, wanted.names), folder / "reconstructions.png")
        if done.paths is not None:
            write_trajectory(folder, done.paths)
        write_json(folder / "inversion.json", done.record)


def comma_separated(images: list[dict[str, Any]]) -> str:
    """Returns a line for each image."""
    text = StringIO()
    names = [name for name in images[0] if name != "losses"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([no_formula(image[name]) for name in names] for image in images)
    return text.getvalue()


def said(done: Inverted) -> list[str]:
    """Returns the lines that the command prints."""
    record, error = done.record, done.record["error"]
    grey = 127.5 * error["mean"] ** 0.5
    lines = [
        printable(f"codes of {record['n']:,} images, found for {record['checkpoint']['variant']}"),
        paragraph(
            f"mean squared error of pixels in [-1, 1]: {error['mean']:.4g}, which is {grey:.0f} of 255 grey levels; "
            f"at most {error['largest']:.4g}"
        ),
    ]
    if each := record["by_class"]:
        columns = {key: {f"class {c}": float(values[key]) for c, values in each.items()} for key in ("images", "error")}
        lines.append(table(columns))
    return lines
