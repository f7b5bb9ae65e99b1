"""What can be said of a folder of images without opening one. No torch here: every start-up comes by."""

import os
from pathlib import Path

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}


def image_files(root: Path) -> list[Path]:
    """All images below `root`, sorted; none if there is no such folder. Hidden ones are skipped."""
    found = []
    for folder, subfolders, names in os.walk(root, followlinks=True):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        found += [Path(folder, name) for name in names if suffix(name) in SUFFIXES and not name.startswith(".")]
    return sorted(found)


def suffix(name: str) -> str:
    """The ending of a file's name in lower case, from its last dot on."""
    return os.path.splitext(name)[1].lower()


def class_names(root: Path, files: list[Path]) -> list[str]:
    """The sub-folders of `root` that the images lie in, sorted; none if an image lies in `root` itself."""
    depth = len(root.parts)  # comparing paths would take seconds for 100,000 files
    if any(len(path.parts) == depth + 1 for path in files):
        return []
    return sorted({path.parts[depth] for path in files})


def class_name(root: Path, path: Path) -> str:
    """The sub-folder of `root` that an image lies in, however deep."""
    return path.relative_to(root).parts[0]


def count_subfolders(root: str) -> int:
    """The number of classes of a folder of images: 0 without labels, and where there is no such folder."""
    folder = Path(root).expanduser()
    return len(class_names(folder, image_files(folder)))
