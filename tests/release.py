"""Builds the sdist, the wheel from it, and checks both: `python -m tests.release`, into dist/."""

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from gan_lab import __version__
from tests.commands import REPOSITORY, environment

NAME = "gan_lab_mnist"
"""Of the files; the distribution is gan-lab-mnist, and what one imports gan_lab."""
BESIDE = (
    "tests",
    "Makefile",
    "requirements.lock",
    "README.md",
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "pyproject.toml",
)
"""What the sdist has besides the package and its configuration."""


def tracked(*paths: str) -> set[str]:
    """Returns the files below the paths that git knows: what else lies there is no part of a release."""
    listed = subprocess.run(["git", "ls-files", *paths], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return set(listed.stdout.splitlines())


def in_wheel(path: str) -> str:
    """Returns where the wheel has a file of the repository."""
    if path.startswith("conf/"):
        return f"gan_lab/{path}"
    return path.removeprefix("gan_lab/plugins/")


def build(folder: Path) -> tuple[Path, Path]:
    """Builds the sdist, then the wheel from the sdist, and returns both files."""
    command: list[str | Path] = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, REPOSITORY]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder / f"{NAME}-{__version__}.tar.gz", folder / f"{NAME}-{__version__}-py3-none-any.whl"


def check_contents(sdist: Path, wheel: Path) -> None:
    """Raises an AssertionError where the wheel is not the package and its configuration, or the sdist lacks a file."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == (wanted := set(map(in_wheel, tracked("gan_lab", "conf")))), f"the wheel: {inside ^ wanted}"
    with tarfile.open(sdist) as archive:
        sources = {name.partition("/")[2] for name in archive.getnames()}
    assert not (lacking := tracked("gan_lab", "conf", *BESIDE) - sources), f"the sdist lacks {lacking}"


def install(wheel: Path, folder: Path) -> Path:
    """Installs the wheel into a fresh environment, which sees the packages of this one, and returns its python.

    It does not see the checkout: of a folder that a .pth file names, the .pth files are not read.
    """
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", python]
    subprocess.run([*pip, "install", "--no-deps", wheel], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return python


def run(python: Path, *arguments: str, cwd: Path) -> str:
    """Returns what `python ARGUMENTS` prints, started far from the checkout and from any data."""
    variables = {name: value for name, value in environment().items() if name not in ("PYTHONPATH", "GAN_LAB_DATA")}
    done = subprocess.run([python, *arguments], cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def main() -> None:
    dist = REPOSITORY / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    sdist, wheel = build(dist)
    check_contents(sdist, wheel)
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", sdist, wheel], check=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        assert "gmgan_dynamic" in run(install(wheel, folder / "venv"), "-m", "gan_lab", "--help", cwd=folder)
    print(f"{sdist}\n{wheel}")


if __name__ == "__main__":
    main()
