"""Reads a file of points in the plane. Imports no torch: a command is checked before it is imported."""

from pathlib import Path

import numpy as np
from jaxtyping import Float64

from gan_lab.errors import GanLabError
from gan_lab.trust.home import expanded
from gan_lab.trust.limits import refuse_bytes

Rows = Float64[np.ndarray, "n c"]
Numbers = Float64[np.ndarray, "..."]
NEEDED = "data=points needs a file: set data.path=FILE.npy or FILE.csv"
FORM = "two numbers for each point, and a label of 0, 1, 2, ... where points have one"


def read_points(path: str | None) -> Rows:
    """Returns the rows of an .npy file of shape (n, 2) or (n, 3), or of a .csv file: x, y and, in the third column, the
    label, if there is one. The first line of a .csv file may name its columns.

    Raises GanLabError for a file that is not there, is too large, or holds something else.
    """
    if path is None:
        raise GanLabError(NEEDED)
    file = expanded(path).absolute()
    if not file.is_file():
        raise GanLabError(f"{file} is no file: set data.path to a .npy or .csv file of points")
    refuse_bytes(file.stat().st_size, file)
    readers = {".npy": read_npy, ".csv": read_csv}
    if file.suffix.lower() not in readers:
        raise GanLabError(f"{file} must be a .npy or a .csv file")
    rows = readers[file.suffix.lower()](file)
    if rows.ndim != 2 or rows.shape[1] not in (2, 3):
        raise GanLabError(f"{file} holds an array of shape {[*rows.shape]}: it must have {FORM}")
    if rows.shape[1] == 3:
        labels = rows[:, 2]
        if not (np.isfinite(labels).all() and (labels >= 0).all() and (labels == labels.round()).all()):
            raise GanLabError(f"the third column of {file} has values that are no labels: it must have {FORM}")
    return rows


def read_npy(file: Path) -> Numbers:
    """Returns the array in an .npy file, of which nothing is executed."""
    try:
        found = np.load(file, mmap_mode="r", allow_pickle=False)  # nothing is allocated before its size is known
        if found.dtype.kind not in "fiu":
            raise ValueError(f"its values are {found.dtype}")
    except (ValueError, OSError, EOFError) as error:
        raise GanLabError(f"{file} cannot be read as an array of numbers ({last_line(error)})") from error
    refuse_bytes(8 * found.size, file)
    return np.array(found, dtype=np.float64)


def read_csv(file: Path) -> Numbers:
    """Returns the numbers in a .csv file without its header."""
    try:
        with file.open(encoding="utf-8") as text:
            header = any(not is_number(word) for word in text.readline().split(","))
        return np.loadtxt(file, delimiter=",", skiprows=int(header), ndmin=2, encoding="utf-8")
    except (ValueError, OSError) as error:
        raise GanLabError(f"{file} cannot be read as lines of {FORM} ({last_line(error)})") from error


def is_number(word: str) -> bool:
    """Returns whether a word is a number."""
    try:
        float(word)
    except ValueError:
        return False
    return True


def last_line(error: Exception) -> str:
    """Returns the last line of what a library says."""
    return (str(error).splitlines() or [type(error).__name__])[-1].rstrip(".")


def count_labels(path: str | None) -> int:
    """Returns the number of classes in a file of points, 0 where it has no labels or cannot be read: whoever reads the
    points says why."""
    try:
        rows = read_points(path)
    except GanLabError:
        return 0
    return int(rows[:, 2].max()) + 1 if rows.shape[1] == 3 and len(rows) else 0
