"""The picture of images beside their reconstructions."""

import torch
from jaxtyping import Float
from PIL import Image, ImageDraw
from torch import Tensor

from gan_lab.images import enlarge, grid, to_pil

SHOWN = 40
"""The number of images in the picture."""
PER_ROW = 4
TIMES = 2
"""How many times as wide and high as an image it is shown."""
LINE, GAP = 12, 8
"""Pixels of a line of text, and between one image and the next."""
TITLE = "image | reconstruction | difference (white: black against white) | mean squared error in [-1, 1]"


def pairs(
    x: Float[Tensor, "n c h w"], made: Float[Tensor, "n c h w"], error: Float[Tensor, " n"], names: list[str]
) -> Image.Image:
    """Returns the first images, each with its reconstruction, their absolute difference, its name and its error."""
    cells = [
        enlarge(to_pil(grid(torch.stack([image, its, (image - its).abs() - 1]), columns=3)), TIMES)
        for image, its in zip(x[:SHOWN].cpu(), made[:SHOWN].cpu(), strict=True)
    ]
    width, height = cells[0].width + GAP, cells[0].height + LINE + GAP
    columns, rows = min(PER_ROW, len(cells)), -(-len(cells) // PER_ROW)
    title = width * PER_ROW
    picture = Image.new(cells[0].mode, (max(title, columns * width), LINE + GAP + rows * height), "white")
    draw, ink = ImageDraw.Draw(picture), "black"
    draw.text((0, 0), TITLE, fill=ink)
    for number, cell in enumerate(cells):
        left, top = number % PER_ROW * width, LINE + GAP + number // PER_ROW * height
        picture.paste(cell, (left, top))
        name = "".join(letter for letter in names[number] if letter.isascii() and letter.isprintable())
        draw.text((left, top + cell.height), f"{name[-14:]}: {error[number]:.4f}", fill=ink)
    return picture
