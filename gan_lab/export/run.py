"""Writes a trained model for other people and other programs, for `python -m gan_lab.export` and `Model.save`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.export.card import Card
from gan_lab.export.evaluations import evaluations_of
from gan_lab.export.inputs import Inputs
from gan_lab.export.onnx_files import write_onnx
from gan_lab.export.upload import upload
from gan_lab.runs.atomic import replacing_folder, write_text
from gan_lab.runs.hub_folder import PREFIX
from gan_lab.runs.numbers import numbers_of
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.run_folder import RunFolder
from gan_lab.runs.saved_folder import PICTURE, README, WEIGHTS
from gan_lab.sample.files import SHOWN, sheet
from gan_lab.sampler.direct import Direct
from gan_lab.terminal.commands import assigned, from_here, typed
from gan_lab.terminal.table import paragraph
from gan_lab.trained_model import TrainedModel, chosen_device
from gan_lab.trust.home import expanded
from gan_lab.trust.lenient import printable

SEED, ROW = 1, 10
"""The sampling seed of the picture, and how many of its samples stand in a row."""


def export(config: dict[str, Any]) -> Path:
    """Writes the model of `checkpoint` to the folder `out`, uploads it where that is asked for, and says what is there.

    Raises GanLabError for what cannot be written; nothing is written then.
    """
    trained = TrainedModel.open(config["checkpoint"], config["which"], chosen_device("cpu"))
    networks = config["networks"] if config["format"] == "onnx" else ()
    options = {key: config[key] for key in ("half", "license", "evaluation", "overwrite")}
    place = f"{PREFIX}{config['upload']}" if config["upload"] else None
    out, measured = save(trained, config["out"], networks=networks, place=place, **options)
    for path in sorted(out.iterdir()):
        print(printable(f"{from_here(path)}: {path.stat().st_size:,} bytes"))
    if not measured:
        print(paragraph("the card says that these weights were not measured; with these words it has the numbers:"))
        for words in measuring(trained, config):
            print(printable(f"  {words}"))
    if config["license"] is None:
        print(paragraph("the card says that no licence was chosen: license=NAME states one"))
    if config["upload"]:
        print(f"uploaded: {upload(out, config['upload'])}")
    return out


def save(
    trained: TrainedModel,
    out: str | Path,
    *,
    half: bool = False,
    license: str | None = None,
    evaluation: str | None = None,
    networks: Sequence[str] = (),
    place: str | None = None,
    overwrite: bool = False,
) -> tuple[Path, bool]:
    """Writes a folder with the weights, or with `networks` as ONNX, a picture and a card.

    Returns the folder, and whether its card has measures. `place` is what opens the model once it is uploaded. Raises
    GanLabError for a folder that is not empty, and for an `evaluation` of another checkpoint.
    """
    folder = expanded(out).absolute()
    inputs = Inputs.of(trained)
    evaluations = evaluations_of(trained.checkpoint, trained.stated, evaluation)
    x, caption = samples(trained, inputs)
    with replacing_folder(folder, overwrite=overwrite) as partial:
        differences = (
            write_onnx(trained, inputs, networks, partial, {"license": license or "none chosen"}) if networks else None
        )
        if not networks:
            trained.write(partial, half=half)
        card = Card(
            trained,
            inputs,
            evaluations,
            command=command_of(trained),
            license=license,
            place=place or "FOLDER",
            caption=caption,
            half=half,
            onnx=differences,
        )
        save_picture(sheet(x, x[:0]), partial / PICTURE)
        write_text(partial / README, card.text())
    return folder, bool(evaluations)


def samples(trained: TrainedModel, inputs: Inputs) -> tuple[Float[Tensor, " n *shape"], str]:
    """Returns the samples of the picture, and what it shows, in words."""
    config = trained.config
    sampler = Direct(batch_size=500)
    trained.prepare(sampler, trained.load_data(config["data"], config["dataset"], [], read=False))
    images = len(config["data"]["shape"]) == 3
    rows = inputs.choice is not None and images
    component = torch.arange(SHOWN) // ROW % inputs.choices if rows else None
    drawn = trained.draw(sampler, SHOWN if images else 1000, SEED, component)
    said = f"{len(drawn.x)} samples of the seed {SEED}, not selected"
    return drawn.x, f"{said}; each row has one {inputs.choice}, from 0 on." if rows else f"{said}."


def measuring(trained: TrainedModel, config: dict[str, Any]) -> list[str]:
    """Returns the command that measures exactly this checkpoint, and the option that names its record, if needed."""
    folder = from_here(RunFolder.around(trained.checkpoint).path)
    words = [assigned("checkpoint", config["checkpoint"]), assigned("which", config["which"])]
    if trained.only_read or trained.checkpoint.name == WEIGHTS:  # an export has no folders in it
        return [typed("gan_lab.evaluate", *words, "hydra.run.dir=evaluation"), "evaluation=evaluation"]
    return [typed("gan_lab.evaluate", *words, assigned("hydra.run.dir", f"{folder}/evaluation"))]


def command_of(trained: TrainedModel) -> str | None:
    """Returns the command of the training, as far as the run or the saved model tells it."""
    found = numbers_of(trained.checkpoint, int(trained.counters["generator_steps"])).get("command")
    found = found or RunFolder.around(trained.checkpoint).read_summary().get("command")
    return found if isinstance(found, str) else None
