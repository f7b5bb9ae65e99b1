"""The files and classes in a folder of images, found without opening any. Imports no torch, for a fast start."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gan_lab.trust.home import expanded

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}


def image_files(root: Path, links: bool = False) -> list[Path]:
    """Returns the paths of all images below `root`, sorted, without hidden ones; none if there is no such folder.

    They are regular files, and each comes once. A link inside the folder is followed with `links` only, since it may
    lead anywhere; `root` itself may be one.
    """
    return sorted(path for path in found_in(str(root), links, set()) if path is not None)


def links_left_out(root: Path) -> int:
    """Returns the number of links below `root` that `image_files` does not follow."""
    return sum(path is None for path in found_in(str(root), False, set()))


def found_in(folder: str, links: bool, seen: set[tuple[int, int]]) -> Iterator[Path | None]:
    """Yields the images below a folder and, as None, each link that is not followed.

    `seen` holds the identities of the folders and files that links may lead to more than once.
    """
    try:
        entries = [*os.scandir(folder)]
    except OSError:
        return
    for entry in entries:
        with suppress(OSError):  # a link that leads nowhere, or round in a circle
            if entry.name.startswith("."):
                continue
            if entry.is_symlink() and not links:
                if entry.is_dir() or suffix(entry.name) in SUFFIXES:
                    yield None
                continue
            image = suffix(entry.name) in SUFFIXES and entry.is_file()
            if not image and not entry.is_dir():
                continue
            if links:
                status = entry.stat()
                if (status.st_dev, status.st_ino) in seen:
                    continue
                seen.add((status.st_dev, status.st_ino))
            if image:
                yield Path(entry.path)
            else:
                yield from found_in(entry.path, links, seen)


def no_image(root: Path, links: bool) -> str:
    """Returns the sentence for a folder without images."""
    count = 0 if links else links_left_out(root)
    followed = f"its {count} links are not followed unless data.links=true, or " if count else ""
    return f"no image was found in {root}: {followed}set data.root to a folder of images"


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


def count_subfolders(root: str, links: bool = False) -> int:
    """Returns the number of classes of a folder of images; 0 without labels, or if there is no such folder."""
    folder = expanded(root)
    return len(class_names(folder, image_files(folder, links)))
