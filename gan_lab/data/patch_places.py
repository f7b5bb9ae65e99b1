"""Where crops of photographs lie, so that those of different parts share no pixel. Imports no torch."""

HEIGHT, WIDTH = 427, 640
"""The size of scikit-learn's photographs."""
ROWS, COLUMNS = 3, 5
"""A photograph is divided into so many rows and columns of blocks: 15 of 142 x 128 pixels."""
BLOCKS = {"train": 11, "validation": 2, "test": 2}
"""The blocks of a photograph that belong to each part."""
PHOTOGRAPHS = 2


def corners_in(block: int, size: int, stride: int) -> list[tuple[int, int]]:
    """Returns top and left of all crops of `size` x `size` pixels in one block of a photograph, `stride` apart."""
    height, width = HEIGHT // ROWS, WIDTH // COLUMNS
    row, column = divmod(block, COLUMNS)
    return [
        (row * height + top, column * width + left)
        for top in range(0, height - size + 1, stride)
        for left in range(0, width - size + 1, stride)
    ]


def crops_of(part: str, size: int, stride: int) -> int:
    """Returns how many crops a part has."""
    return PHOTOGRAPHS * BLOCKS[part] * len(corners_in(0, size, stride))
