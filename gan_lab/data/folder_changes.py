"""What was done to the images of a folder, in sentences with numbers."""

from collections.abc import Mapping

Shape = tuple[int, int, int]
"""Channels, height, width."""

COLOURS = {1: "grey", 3: "RGB"}


def changes(found: Mapping[Shape, int], wanted: Shape) -> tuple[str, ...]:
    """Returns a sentence for each kind of change that images of these shapes, with their counts, undergo.

    None where all have the wanted shape already.
    """
    images = sum(found.values())
    others = {shape: count for shape, count in found.items() if shape != wanted}
    if not others:
        return ()
    if len(found) == 1:
        return (f"{images:,} images of {worded(next(iter(found)))} are {verb(next(iter(found)), wanted)}",)
    said = []
    if sizes := {shape[1:]: 0 for shape in others if shape[1:] != wanted[1:]}:
        count = sum(number for shape, number in others.items() if shape[1:] in sizes)
        least, most = min(sizes, key=area), max(sizes, key=area)
        of = (
            f"of {pixels(least)}"
            if len(sizes) == 1
            else f"of {len(sizes)} sizes from {pixels(least)} to {pixels(most)}"
        )
        said.append(f"{count:,} of {images:,} images, {of} pixels, are cut or resized to {pixels(wanted[1:])}")
    if count := sum(number for shape, number in others.items() if shape[0] != wanted[0]):
        said.append(f"{count:,} of {images:,} images are turned from {COLOURS[4 - wanted[0]]} to {COLOURS[wanted[0]]}")
    return tuple(said)


def prepared(found: Mapping[Shape, int], wanted: Shape) -> str:
    """Returns how images of these shapes become the wanted one, for the protocol of measures; "" where all have it."""
    resized = any(shape[1:] != wanted[1:] for shape in found)
    cut = any(height * wanted[2] != width * wanted[1] for _, height, width in found)
    turned = any(shape[0] != wanted[0] for shape in found)
    said = [
        *(["cut to their middle"] if cut else []),
        *([f"resized to {pixels(wanted[1:])}, bicubic and antialiased"] if resized else []),
        *([f"turned to {COLOURS[wanted[0]]}"] if turned else []),
    ]
    return ", ".join(said)


def verb(shape: Shape, wanted: Shape) -> str:
    """Returns what happens to images of one shape: `resized to 28 x 28 grey`."""
    if shape[1:] == wanted[1:]:
        return f"turned to {COLOURS[wanted[0]]}"
    height, width = shape[1:]
    how = "resized" if height * wanted[2] == width * wanted[1] else "cut and resized"
    return f"{how} to {worded(wanted)}"


def worded(shape: Shape) -> str:
    return f"{pixels(shape[1:])} {COLOURS[shape[0]]}"


def pixels(size: tuple[int, int]) -> str:
    """Returns height x width."""
    return f"{size[0]} x {size[1]}"


def area(size: tuple[int, int]) -> int:
    return size[0] * size[1]
