"""Where crops of photographs lie, so that those of different parts share no pixel. Imports no torch."""

HEIGHT, WIDTH = 427, 640
"""The size of scikit-learn's photographs, of which there are two."""
PHOTOGRAPHS = 2


def rows_and_columns(size: int) -> tuple[int, int]:
    """Returns how many blocks a photograph is divided into: their sides are at least twice those of a crop."""
    return HEIGHT // (2 * size), WIDTH // (2 * size)


def blocks_of(size: int) -> dict[str, int]:
    """Returns how many blocks of a photograph belong to each part: 11 of 15 to training."""
    rows, columns = rows_and_columns(size)
    held_out = rows * columns * 2 // 15
    return {"train": rows * columns - 2 * held_out, "validation": held_out, "test": held_out}


def corners_in(block: int, size: int, stride: int) -> list[tuple[int, int]]:
    """Returns top and left of all crops of `size` x `size` pixels in one block of a photograph, `stride` apart."""
    rows, columns = rows_and_columns(size)
    height, width = HEIGHT // rows, WIDTH // columns
    row, column = divmod(block, columns)
    return [
        (row * height + top, column * width + left)
        for top in range(0, height - size + 1, stride)
        for left in range(0, width - size + 1, stride)
    ]


def crops_of(part: str, size: int, stride: int) -> int:
    """Returns how many crops a part has."""
    return PHOTOGRAPHS * blocks_of(size)[part] * len(corners_in(0, size, stride))
