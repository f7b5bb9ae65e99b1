"""The rooms of gan_lab, and which tests are theirs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = "."
"""The room of the modules that lie directly in gan_lab."""

WHOLE_MODELS = ("tests/golden", "tests/test_models.py", "tests/test_learning.py")
MORE: dict[str, tuple[str, ...]] = {
    ROOT: (
        *(
            "tests/test_build.py",
            "tests/test_errors.py",
            "tests/test_images.py",
            "tests/test_noise.py",
            "tests/test_point_pictures.py",
            "tests/test_trained_model.py",
            "tests/test_types.py",
            *("tests/cli", "tests/config", "tests/trust/test_targets.py"),
            "tests/callback",
        ),
        *("tests/sampler/test_budget.py", "tests/sample", "tests/training"),
    ),
    "callback": ("tests/training", "tests/sweep/test_search.py"),
    "checks": ("tests/cli", "tests/config", "tests/sweep"),
    "cli": ("tests/training", "tests/config"),
    "config": ("tests/cli", "tests/checks"),
    "distributed": ("tests/test_noise.py", "tests/metric/test_ranks.py"),
    "extractor": ("tests/metric/test_extractors.py",),
    "invert": ("tests/prior/test_code_search.py",),
    "logger": ("tests/training", "tests/test_end_to_end.py"),
    "loss": WHOLE_MODELS,
    "maths": (
        "tests/loss/test_banach_wasserstein.py",
        "tests/model/test_wgan_qc.py",
        "tests/training/test_precision.py",
    ),
    "metric": ("tests/evaluate",),
    "model": WHOLE_MODELS,
    "network": WHOLE_MODELS,
    "optimizer": ("tests/model/test_unrolled.py", "tests/model/test_resumption.py"),
    "penalty": WHOLE_MODELS,
    "plugins": ("tests/sweep",),
    "prior": WHOLE_MODELS,
    "runs": ("tests/training", "tests/test_end_to_end.py"),
    "sample": ("tests/checks/test_opened.py",),
    "sampler": ("tests/sample",),
    "sensitivity": ("tests/checks/test_opened.py",),
    "sweep": ("tests/test_end_to_end.py", "tests/runs/test_jobs.py"),
    "trust": ("tests/test_build.py", "tests/compare", "tests/runs", "tests/evaluate/test_image_files.py"),
    "terminal": ("tests/compare", "tests/evaluate", "tests/sweep/test_progress.py"),
    "training": ("tests/test_models.py", "tests/test_end_to_end.py", "tests/cli/test_startup.py"),
}
"""What tests a room beside the folder of its name below tests/."""


def rooms(root: Path) -> dict[str, list[str]]:
    """The Python files of each room, relative to `root`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "gan_lab").rglob("*.py")):
        inner = path.relative_to(root / "gan_lab")
        found[inner.parts[0] if len(inner.parts) > 1 else ROOT].append(path.relative_to(root).as_posix())
    return dict(found)


def places_of_tests(root: Path, room: str) -> list[str]:
    """Folders and files with a room's tests, relative to `root`: the folder of its name, then what else concerns it."""
    own = [f"tests/{room}"] if room != ROOT and (root / "tests" / room).is_dir() else []
    return [*own, *MORE.get(room, ())]


def files_of_tests(root: Path, places: Iterable[str]) -> list[str]:
    """The files with tests in these places, in their order, each once."""
    paths = [root / place for place in places]
    files = [file for path in paths for file in (sorted(path.rglob("test_*.py")) if path.is_dir() else [path])]
    return list(dict.fromkeys(file.relative_to(root).as_posix() for file in files))


def likely_first(root: Path, tests: Sequence[str], file: str) -> list[str]:
    """The tests in the order in which they may find a bug in `file`: its namesake, then those that name its module.

    The tests of one folder stay together, since pytest loses the fixtures of a folder to which it comes back.
    """
    stem = Path(file).stem
    module = file.removesuffix(".py").replace("/", ".")
    named = re.compile(rf"{re.escape(module)}\b")

    def distance(test: str) -> int:
        if stem in Path(test).stem:
            return 0
        return 1 if named.search((root / test).read_text()) else 2

    folders: dict[str, int] = {}
    for test in tests:
        folder = str(Path(test).parent)
        folders[folder] = min(distance(test), folders.get(folder, 2))
    return sorted(tests, key=lambda test: (folders[str(Path(test).parent)], str(Path(test).parent), distance(test)))
