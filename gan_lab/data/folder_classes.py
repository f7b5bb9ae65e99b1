"""The files and classes in a folder of images, found without opening any. Imports no torch, for a fast start."""

import os
from pathlib import Path

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}


def image_files(root: Path) -> list[Path]:
    """Returns the paths of all images below `root`, sorted, without hidden ones; none if there is no such folder."""
    found = []
    for folder, subfolders, names in os.walk(root, followlinks=True):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        found += [Path(folder, name) for name in names if suffix(name) in SUFFIXES and not name.startswith(".")]
    return sorted(found)


def suffix(name: str) -> str:
    """The ending of a file's name in lower case, from its last dot on."""
    return os.path.splitext(name)[1].lower()


def class_names(root: Path, files: list[Path]) -> list[str]:
    """Returns the sub-folders of `root` that contain images, sorted; none if an image is in `root` itself."""
    depth = len(root.parts)  # comparing paths would take seconds for 100,000 files
    if any(len(path.parts) == depth + 1 for path in files):
        return []
    return sorted({path.parts[depth] for path in files})


def class_name(root: Path, path: Path) -> str:
    """Returns the sub-folder of `root` that contains the image, at any depth."""
    return path.relative_to(root).parts[0]


def count_subfolders(root: str) -> int:
    """Returns the number of classes of a folder of images; 0 without labels, or if there is no such folder."""
    folder = Path(root).expanduser()
    return len(class_names(folder, image_files(folder)))
