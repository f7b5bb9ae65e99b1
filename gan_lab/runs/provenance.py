"""The code, the machine and the versions of libraries that a result was computed with."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from gan_lab import __version__

LIBRARIES = ("torch", "lightning", "torchmetrics")
PACKAGE = Path(__file__).parents[1]
DIRTY = "-dirty"


def provenance(device: torch.device, processes: int = 1, libraries: Sequence[str] = ()) -> dict[str, Any]:
    """Returns `commit`, `machine` and `versions`, which every record ends with; `libraries` names additional ones."""
    versions = {"gan_lab": __version__} | {name: version(name) for name in (*LIBRARIES, *libraries)}
    return {"commit": commit(PACKAGE.parent), "machine": machine(device, processes), "versions": versions}


@cache
def commit(root: Path) -> str | None:
    """Returns the commit of the checkout at `root`, ending in `DIRTY` if a tracked file differs from it outside of
    `outputs`, where the records lie that a command may be writing.

    It is None if `root` is no checkout, as for an installed package, and if git cannot tell. It is asked once in a
    process, which keeps its code however long it runs.
    """
    if not (root / ".git").exists():  # git would look for a repository above it, which is somebody else's
        return None
    head, differing = ["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no", "--", ":!outputs"]
    here = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}  # hooks set GIT_DIR
    try:
        told, dirty = (
            subprocess.check_output(
                ["git", *words], cwd=root, env=here, encoding="utf-8", stderr=subprocess.DEVNULL, timeout=30
            )
            for words in (head, differing)
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return told.strip() + (DIRTY if dirty else "")


@cache
def code_digest(package: Path = PACKAGE) -> str:
    """Returns the sha256 of the names and the bytes of all Python files of a package."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def machine(device: torch.device, processes: int) -> dict[str, str | int]:
    """Returns a description of the machine; `threads` are those of torch in one process."""
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 0,
        "threads": torch.get_num_threads(),
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
        "processes": processes,
    }
