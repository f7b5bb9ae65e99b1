"""Films of fixed codes: what the same codes become while a run trains."""

from pathlib import Path

from PIL import Image

FILMED = ("wgan_20_epochs", "wgan_gp_20_epochs")
"""The rows whose films are kept: clipping beside the penalty, as in source document 000."""
CODES, SIDE, EDGE, TIMES = 3, 28, 1, 2
"""The number of codes, the side of an image, the line before it, and how much the pictures of a run are enlarged."""
GAP = 6
"""The pixels between two films."""


def film(samples: Path) -> Image.Image:
    """Returns a strip of the first codes in a run's pictures step_NNNNNN.png, at the size of the images: one row for
    each code, one column for each picture."""
    steps = sorted(samples.glob("step_*.png"))
    strip = Image.new("L", (SIDE * len(steps), SIDE * CODES))
    for column, path in enumerate(steps):
        with Image.open(path) as picture:
            small = picture.convert("L").resize((picture.width // TIMES, picture.height // TIMES), Image.Resampling.BOX)
        for code in range(CODES):
            left = EDGE + code * (SIDE + EDGE)
            strip.paste(small.crop((left, EDGE, left + SIDE, EDGE + SIDE)), (column * SIDE, code * SIDE))
    return strip


def both(folder: Path) -> Image.Image | None:
    """Returns the films of all filmed rows below each other, enlarged; None where one is missing."""
    paths = [folder / "films" / f"{row}.png" for row in FILMED]
    if not all(path.is_file() for path in paths):
        return None
    strips = [Image.open(path).convert("L") for path in paths]
    height = strips[0].height
    picture = Image.new("L", (max(strip.width for strip in strips), len(strips) * (height + GAP) - GAP), "white")
    for number, strip in enumerate(strips):
        picture.paste(strip, (0, number * (height + GAP)))
    return picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.NEAREST)


def frames(picture: Image.Image) -> list[Image.Image]:
    """Returns the columns of a picture of films, which are its moments."""
    width = 2 * SIDE
    return [picture.crop((left, 0, left + width, picture.height)) for left in range(0, picture.width, width)]
