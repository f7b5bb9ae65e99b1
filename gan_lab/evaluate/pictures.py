"""The pictures and figures of an evaluation."""

from pathlib import Path

import torch
from jaxtyping import Float, Int
from matplotlib.figure import Figure
from torch import Tensor

from gan_lab.data.base import DataModule
from gan_lab.evaluate import charts
from gan_lab.evaluate.embedding import embed
from gan_lab.images import enlarge, grid, to_pil, to_uint8
from gan_lab.metric.base import Evaluator
from gan_lab.metric.components import confusion_matrix
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.features import Features
from gan_lab.point_pictures import points
from gan_lab.runs.picture_file import save_picture
from gan_lab.types import SampleResult

SHOWN = 100
"""The number of images in the grid."""
EMBEDDED = 500
"""The number of points of each side in the embedding; t-SNE takes seconds."""


def save_pictures(run_dir: Path, measure: Evaluator, data: DataModule, drawn: SampleResult, row: str) -> None:
    """Saves samples.png and, for images, the figures of `image_figures` in figures/; `row` names the samples' label."""
    run_dir.mkdir(parents=True, exist_ok=True)
    if drawn.x.ndim == 4:
        save_picture(enlarge(to_pil(grid(drawn.x[:SHOWN]))), run_dir / "samples.png")
    else:
        save_picture(points(drawn.x, getattr(data, measure.split).values), run_dir / "samples.png", dpi=100)
    if not isinstance(measure, FeatureMeasure):
        return
    (run_dir / "figures").mkdir(exist_ok=True)
    for old in (run_dir / "figures").glob("*.png"):  # of an evaluation that had others
        old.unlink()
    fake = measure.extract(to_uint8(drawn.x), drawn.latent.component)
    figures = image_figures(fake, measure.reference, row)
    for name, metric in measure.metrics.items():
        if metric.by_class is not None:
            figures[name] = charts.by_class(metric.by_class, metric.compared, metric.title_by_class)
    for name, figure in figures.items():
        save_picture(figure, run_dir / "figures" / f"{name}.png", dpi=110)


def image_figures(fake: Features, real: Features, row: str) -> dict[str, Figure]:
    """Returns the figures of an evaluation by name.

    `embedding` shows features, coloured by the component or class that a sample was drawn for, or else by its predicted
    class. With a classifier there is `classes`, and `confusion` for samples that were drawn for a component or class.
    They are computed on the CPU, wherever the features lie.
    """
    fake, real = fake.to(torch.device("cpu")), real.to(torch.device("cpu"))
    figures = {}
    found = torch.zeros(len(fake), dtype=torch.int64)
    if fake.logits is not None and real.logits is not None:
        k = fake.logits.shape[1]
        names = [str(i) for i in range(k)]
        found = fake.logits.argmax(1)
        figures["classes"] = charts.classes(shares(found, k), shares(real.logits.argmax(1), k), names)
        if fake.label is not None:
            figures["confusion"] = charts.confusion(confusion_matrix(fake.label, found, k), row, names)
    fakes, reals = fake.features[:EMBEDDED], real.features[:EMBEDDED]
    if len(fakes) + len(reals) >= 4:
        plane = embed(torch.cat([fakes, reals]), seed=0)
        groups, group = (found, "class") if fake.label is None else (fake.label, row)
        figures["embedding"] = charts.embedding(plane[: len(fakes)], groups[:EMBEDDED], group, plane[len(fakes) :])
    return figures


def shares(classes: Int[Tensor, " n"], k: int) -> Float[Tensor, " k"]:
    """Returns the histogram of k classes, normalised to sum 1."""
    return torch.bincount(classes, minlength=k).double() / len(classes)
