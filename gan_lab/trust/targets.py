"""What a configuration may name to be built, whoever wrote it. Imports no torch.

A checkpoint or a run folder can come from anybody, and a configuration names what is to be called. So only those
targets are built that a yaml of conf/ names. A package of the user's own is admitted on the command line,
`trust=[mypackage]`, or by the environment, `GAN_LAB_TRUST=mypackage`, but never by a file.
"""

import os
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import gan_lab
from gan_lab.errors import GanLabError

PACKAGE = Path(gan_lab.__file__).parent
CONF_DIR = next(path for path in (PACKAGE / "conf", PACKAGE.parent / "conf") if (path / "config.yaml").is_file())
"""Inside the package in a wheel, beside it in a checkout."""
VARIABLE = "GAN_LAB_TRUST"
"""Holds the trusted packages, separated by commas; the processes that a run starts inherit it."""
TARGET = re.compile(r"^ *_target_: *([\w.]+)", re.MULTILINE)
PACKAGES = re.compile(r"trust=\[?([A-Za-z_]\w*(?:\.\w+)*(?:,[A-Za-z_]\w*(?:\.\w+)*)*)\]?")


@cache
def named_by_conf() -> frozenset[str]:
    """Returns every target that a yaml of conf/ names."""
    texts = (path.read_text(encoding="utf-8") for path in CONF_DIR.rglob("*.yaml"))
    return frozenset(name for text in texts for name in TARGET.findall(text))


def trusted() -> list[str]:
    """Returns the packages that the user trusts."""
    return [name for name in os.environ.get(VARIABLE, "").split(",") if name]


def refuse_untrusted(target: str, path: str) -> None:
    """Raises GanLabError for a target that neither a yaml of conf/ names nor a trusted package has; `path` is the key
    that names it."""
    if target not in named_by_conf() and not any(target.startswith(f"{package}.") for package in trusted()):
        raise GanLabError(
            f"{path}._target_ is {target}, which no yaml of conf/ names: such code is only called if it lies in a "
            "package of yours and you say trust=[PACKAGE]"
        )


def refuse_unknown(package: str) -> None:
    """Raises GanLabError for a package that Python does not find."""
    try:
        found = find_spec(package)
    except (ImportError, ValueError):
        found = None
    if found is None:
        raise GanLabError(f"trust={package} names no package that Python finds: install it, or set PYTHONPATH")


def take_trust(arguments: Sequence[str]) -> list[str]:
    """Returns the command line without `trust=[PACKAGE,...]`, whose packages are trusted from then on, here and in the
    processes that are started. Raises GanLabError where it names no package."""
    for word in arguments:
        if word.startswith("trust="):
            found = PACKAGES.fullmatch(word)
            if found is None:
                raise GanLabError(f"{word} names no Python package: write trust=[mypackage], without quotes and paths")
            for package in found[1].split(","):
                refuse_unknown(package)
            os.environ[VARIABLE] = ",".join([*trusted(), *found[1].split(",")])
    return [word for word in arguments if not word.startswith("trust=")]
