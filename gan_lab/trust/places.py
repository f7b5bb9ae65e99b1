"""Where caches and downloads go: into the user's own places, whatever a file of somebody else names. Imports no torch.

What such a file names is only read.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError
from gan_lab.trust.home import expanded

IDX_FILES = tuple(f"{part}-{what}-ubyte" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1"))
"""The files of MNIST and of the data sets in its format."""

PUBLISHED = {
    **{source: (f"{source}/raw", IDX_FILES) for source in ("MNIST", "FashionMNIST", "KMNIST")},
    "CIFAR10": ("cifar-10-batches-py", (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta")),
    "SVHN": ("", ("train_32x32.mat", "test_32x32.mat")),
    "CelebA": (
        "celeba",
        (
            "img_align_celeba/",
            *("list_eval_partition.txt", "list_attr_celeba.txt", "identity_CelebA.txt"),
            *("list_bbox_celeba.txt", "list_landmarks_align_celeba.txt"),
        ),
    ),
}
"""Where torchvision puts the files of a data set below its root, and what they are called; a folder ends in a slash."""


def raw_folder(root: str | Path, source: str) -> Path:
    """Returns the folder of the files of a data set as they were published."""
    return expanded(root).absolute() / PUBLISHED[source][0]


def missing_files(root: str | Path, source: str) -> list[str]:
    """Returns the names of those that are not there; none for a data set that is not known here."""
    if source not in PUBLISHED:
        return []
    folder = raw_folder(root, source)
    return [
        name
        for name in PUBLISHED[source][1]
        if not ((folder / name).is_dir() if name.endswith("/") else (folder / name).is_file())
    ]


def written_at_home(saved: Mapping[str, Any], cache: str | None) -> dict[str, Any]:
    """Returns a run's configuration with the user's own places for what is cached and downloaded: those of conf/, or
    `cache` where it is given."""
    own = cache or os.environ.get("GAN_LAB_CACHE", "outputs/cache")
    data = downloaded_at_home(saved["data"], data_folder())
    return {**with_value(saved, "cache_dir", own), "data": data}


def data_folder() -> str:
    """Returns the folder of data sets that conf/ names."""
    return os.environ.get("GAN_LAB_DATA", "data")


def with_value(node: Any, key: str, value: Any) -> Any:
    """Returns the same nested value with this value for the key, wherever it is."""
    if isinstance(node, Mapping):
        return {name: value if name == key else with_value(item, key, value) for name, item in node.items()}
    return [with_value(item, key, value) for item in node] if isinstance(node, list) else node


def downloaded_at_home(data: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Returns the configuration of a run's data with the user's own `root` where the stored one lacks the files, which
    are downloaded then."""
    lacking = downloads(data) and missing_files(stored_root(data), str(data.get("source", "MNIST")))
    return {**data, **({"root": root} if lacking else {})}


def downloads(data: Mapping[str, Any]) -> bool:
    """Returns whether data of this configuration are downloaded where they are missing. A folder of images is not."""
    return "root" in data and ("image_size" not in data or data.get("source") in PUBLISHED)


def stored_root(data: Mapping[str, Any]) -> str:
    """Returns the folder that a run's configuration names. Raises GanLabError where it is no path."""
    root = data["root"]
    if not isinstance(root, str) or "\0" in root:
        raise GanLabError(f"the run's configuration says that data.root is {root!r}, which is no path of a folder")
    return root
