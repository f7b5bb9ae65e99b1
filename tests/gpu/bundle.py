"""python -m tests.gpu.bundle: what a machine with a GPU but without a network needs for python3 -m tests.gpu.

    python -m tests.gpu.bundle                              for the Python that this is
    python -m tests.gpu.bundle --python 3.12 --there torch torchvision numpy

Writes outputs/gpu_bundle, of 64 MiB at most together with the project's own files without gan_lab/weights: the packages
of requirements.lock that training and measuring import, but for those that are there and what only they need, and
MNIST's files of GAN_LAB_DATA, compressed.
"""

import argparse
import gzip
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.gpu.bring import BUNDLE, REPOSITORY

LIMIT = 64 * 2**20
THERE = ("torch", "torchvision", "numpy", "pillow", "scipy")
"""Too large to bring, or what these bring along: whoever has a GPU mostly has them."""
NOT_USED = ("wandb", "optuna", "tensorboard", "hydra-joblib-launcher")
"""Of what gan_lab depends on, what neither a training nor a measurement imports."""
WITHOUT_WHEEL = ("antlr4-python3-runtime",)
ENTRY = re.compile(r"^(\S+)==\S+(?: ; ([^\\\n]+?))?((?: \\\n\s+--hash=\S+)+)", re.MULTILINE)


def needed(there: Iterable[str], environment: dict[str, str]) -> set[str]:
    """The names of the packages that are brought: the closure of what gan_lab depends on."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    left_out = {canonicalize_name(name) for name in (*there, *NOT_USED)}
    waiting, found = [*project["dependencies"], "pytest"], set[str]()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate(environment)
        if wanted and name not in found | left_out:
            found.add(name)
            waiting += requires(name) or []
    return found


def locked(names: set[str], environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Name and line of requirements.lock, with its hashes, of each of these packages."""
    for entry in ENTRY.finditer((REPOSITORY / "requirements.lock").read_text()):
        if entry[1] in names and (entry[2] is None or Marker(entry[2]).evaluate(environment)):
            yield entry[1], entry[0].replace(f" ; {entry[2]}", "")


def fetch(entries: Iterable[tuple[str, str]], python: str, wheels: Path) -> None:
    """Downloads the wheels for Linux on this processor, and builds those that nobody has built."""
    platforms = ["manylinux2014", *(f"manylinux_2_{minor}" for minor in range(17, 29))]
    tags = [word for name in platforms for word in ("--platform", f"{name}_{platform.machine()}")]
    foreign = ("--only-binary=:all:", "--implementation", "cp", "--python-version", python, *tags)
    with_wheel = [line for name, line in entries if name not in WITHOUT_WHEEL]
    pip("download", with_wheel, *foreign, "--dest", str(wheels))
    without = [line for name, line in entries if name in WITHOUT_WHEEL]
    pip("wheel", without, "--no-build-isolation", "--wheel-dir", str(wheels))


def pip(verb: str, lines: list[str], *options: str) -> None:
    own = (sys.executable, "-m", "pip", "--disable-pip-version-check", verb, "--quiet", "--no-deps")
    listed = ("--require-hashes", "--requirement", "/dev/stdin")
    subprocess.run([*own, *listed, *options], input="\n".join(lines), text=True, check=True)


def pack(data: Path, folder: Path) -> None:
    """Compresses MNIST's four files."""
    folder.mkdir()
    for path in sorted((data / "MNIST" / "raw").glob("*-ubyte")):
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))


def weighed(bundle: Path, project: int, limit: int = LIMIT) -> str:
    """Says how large the bundle is. Raises SystemExit where that and the project's files are more than the limit."""
    files = sorted(bundle.rglob("*.*"), key=lambda path: -path.stat().st_size)
    size = sum(path.stat().st_size for path in files)
    sentence = f"{bundle} has {size / 2**20:.1f} MiB, and the project's own files {project / 2**20:.1f} MiB"
    if size + project > limit:
        largest = ", ".join(f"{path.name} ({path.stat().st_size / 2**20:.1f})" for path in files[:5])
        raise SystemExit(
            f"{sentence}: more than {limit / 2**20:.0f} MiB; name more packages that the machine has after --there. "
            f"The largest files are {largest}"
        )
    return sentence


def tracked() -> int:
    """The bytes of the project's own files, but for the trained models that come with it."""
    own = ("git", "ls-files", "-z", ":!gan_lab/weights")
    listed = subprocess.run(own, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return sum(
        (REPOSITORY / name).stat().st_size for name in listed.stdout.split("\0") if (REPOSITORY / name).is_file()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=BUNDLE)
    parser.add_argument("--python", default=platform.python_version(), help="the version of the machine's Python")
    parser.add_argument("--there", nargs="*", default=THERE, help="packages that the machine has")
    options = parser.parse_args()
    data = Path(os.environ.get("GAN_LAB_DATA", "data"))
    if not (data / "MNIST" / "raw").is_dir():
        sys.exit(f"{data / 'MNIST' / 'raw'} is no folder: set GAN_LAB_DATA to the folder that has MNIST")
    python = ".".join(options.python.split(".")[:2])
    environment = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    names = needed(options.there, environment)
    fetch([*locked(names, environment)], python, options.out / "wheels")
    pack(data, options.out / "mnist")
    print(weighed(options.out, tracked()))


if __name__ == "__main__":
    main()
