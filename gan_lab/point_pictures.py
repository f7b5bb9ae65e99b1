"""Pictures of points in the plane."""

import numpy as np
from jaxtyping import Float
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor


def points(fake: Float[Tensor, "n 2"], real: Float[Tensor, "m 2"]) -> Figure:
    """Draws generated points over real ones."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    panel = figure.subplots()
    for cloud, color, label in ((real, "black", "real"), (fake, "tab:green", "generated")):
        x, y = cloud[:2000].T.cpu().numpy()
        panel.scatter(x, y, s=4, color=color, alpha=0.5, label=label)
    panel.set_aspect("equal")
    panel.legend(loc="upper right", fontsize=8)
    return figure


def ways(way: Float[Tensor, "steps n 2"], until: int | None = None) -> Image.Image:
    """Draws the path of each point as a line that ends in a dot, at the last step or at step `until`; the axes are the
    same for all steps."""
    figure = Figure(figsize=(5, 5), dpi=100, layout="constrained")
    panel = figure.subplots()
    whole = way.cpu().numpy()
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
