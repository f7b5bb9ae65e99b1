"""Writes pictures completely or not at all, through no link. All other modules use it to save one."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_lab.runs.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image


def save_picture(picture: "Image.Image | Figure", path: Path, **options: Any) -> None:
    """Writes a picture or a figure in the format of the path's ending; `options` are those of its own method."""
    kind = path.suffix.removeprefix(".")
    with replacing(path) as file:
        if hasattr(picture, "savefig"):
            picture.savefig(file, format=kind, **options)
        else:
            picture.save(file, format=kind, **options)


def png_of(picture: "Image.Image | Figure") -> bytes:
    """Returns the bytes of a PNG."""
    buffer = BytesIO()
    if hasattr(picture, "savefig"):
        picture.savefig(buffer, format="png", dpi=100)
    else:
        picture.save(buffer, format="png")
    return buffer.getvalue()
