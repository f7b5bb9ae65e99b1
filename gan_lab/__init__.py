"""gan_lab: an experiment framework for generative adversarial networks on small images.

An older Python must be able to read this file, which refuses it; `make` imports it before it installs anything.
"""

import sys
from importlib import import_module

__version__ = "0.2.0"

OLDEST, NEWEST = (3, 11), (3, 13)

if not OLDEST <= sys.version_info[:2] <= NEWEST:
    sys.exit(
        f"gan_lab runs on Python 3.{OLDEST[1]} to 3.{NEWEST[1]}, and {sys.executable} is "
        f"{sys.version_info[0]}.{sys.version_info[1]}: choose another Python, for example with make PYTHON=python3.12"
    )

from gan_lab.distributed.interrupts import leave_when_asked, starting  # noqa: E402 (a newer Python may follow)
from gan_lab.distributed.parent import follow_first_process  # noqa: E402

if starting():  # before anything that is slow to import
    leave_when_asked()
    follow_first_process()

_PLACES = {
    "Evaluation": "evaluated",
    "GanLabError": "",
    "Inversion": "inversion",
    "Model": "model",
    "Run": "trained_run",
    "Runs": "runs",
    "Samples": "drawn",
    "fit": "fitting",
    "load": "model",
    "open_runs": "runs",
}
"""The modules of gan_lab.library with the public names, which are imported when they are asked for: some need torch.

Their types are in __init__.pyi.
"""

__all__ = ["__version__", *_PLACES]


def __getattr__(name):
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    place = _PLACES[name]
    found = getattr(import_module(f"gan_lab.library.{place}" if place else "gan_lab.errors"), name)
    globals()[name] = found
    return found


def __dir__():
    return sorted({*globals(), *__all__})
