"""Puts a bundle to use on a machine without a network: packages that are missing there, and MNIST.

Imports nothing but the standard library, since the rest may be what is missing.
"""

import gzip
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
BUNDLE = Path("outputs/gpu_bundle")
"""What `python -m tests.gpu.bundle` makes: the folders `wheels` and `mnist`."""


def bring(bundle: Path, folder: Path) -> None:
    """Installs the wheels of a bundle whose packages are missing into folder/site, unpacks its MNIST into folder/data,
    and lets this process and its children find both, and the project.

    Not into a virtual environment, since one that is made in another one does not see the packages of that. Raises
    CalledProcessError where pip refuses a wheel, such as one for another Python.
    """
    site = folder / "site"
    sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "gan_lab" / "plugins"), str(site.absolute())]
    wheels = [wheel for wheel in sorted((bundle / "wheels").glob("*.whl")) if missing(wheel)]
    if wheels:
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        options = ("--no-index", "--no-deps", "--no-compile", "--no-cache-dir", "--target", str(site))
        subprocess.run([*pip, *options, *map(str, wheels)], check=True)
    os.environ["PYTHONPATH"] = os.pathsep.join([*sys.path[:3], *filter(None, [os.environ.get("PYTHONPATH")])])
    packed = sorted((bundle / "mnist").glob("*.gz"))
    if packed and not Path(os.environ.get("GAN_LAB_DATA", "data"), "MNIST", "raw").is_dir():
        raw = folder / "data" / "MNIST" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        for path in packed:
            (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        os.environ["GAN_LAB_DATA"] = str((folder / "data").absolute())


def missing(wheel: Path) -> bool:
    """Whether no version of the wheel's package is installed."""
    try:
        version(wheel.name.partition("-")[0])
    except PackageNotFoundError:
        return True
    return False
