"""Pictures of points in the plane, or on a line."""

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor


def points(fake: Float[Tensor, "n d"], real: Float[Tensor, "m d"]) -> Figure:
    """Draws generated points over real ones."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    panel = figure.subplots()
    for cloud, color, label in ((real, "black", "real"), (fake, "tab:green", "generated")):
        x, y = in_the_plane(cloud[:2000]).T.cpu().numpy()
        panel.scatter(x, y, s=4, color=color, alpha=0.5, label=label)
    panel.set_aspect("equal")
    panel.legend(loc="upper right", fontsize=8)
    return figure


def ways(way: Float[Tensor, "steps n d"], until: int | None = None) -> Image.Image:
    """Draws the path of each point as a line that ends in a dot, at the last step or at step `until`; the axes are the
    same for all steps."""
    figure = Figure(figsize=(5, 5), dpi=100, layout="constrained")
    panel = figure.subplots()
    whole = in_the_plane(way).cpu().numpy()
    low, high = whole.min((0, 1)), whole.max((0, 1))
    edge = 0.05 * float((high - low).max()) or 1.0
    shown = whole if until is None else whole[: until + 1]
    for line in shown.transpose(1, 0, 2):
        panel.plot(line[:, 0], line[:, 1], linewidth=1, alpha=0.6)
    panel.scatter(shown[-1, :, 0], shown[-1, :, 1], s=12, color="black")
    panel.set(xlim=(low[0] - edge, high[0] + edge), ylim=(low[1] - edge, high[1] + edge), aspect="equal")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def in_the_plane(points: Float[Tensor, "*n d"]) -> Float[Tensor, "*n 2"]:
    """Returns points of a line as points of the plane with the height 0, and points of the plane as they are."""
    return points if points.shape[-1] == 2 else torch.cat([points, torch.zeros_like(points)], -1)
