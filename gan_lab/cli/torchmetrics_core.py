"""The first import of torchmetrics, of which training needs the base classes. Imports no torch by itself."""

import logging
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any

NAME = "torchmetrics"
LOCK = RLock()


class Core(ModuleType):
    """The package before its `__init__` has run, with its modules and a few of its names. Any other name runs the
    `__init__` in this same module, which is an ordinary one from then on."""

    def __getattr__(self, name: str) -> Any:
        """Returns what the whole package has under this name."""
        with LOCK:  # another thread waits until all names are there
            if "running" in vars(self):  # asked for by the __init__ itself, which imports it then
                raise AttributeError(f"module {NAME!r} has no attribute {name!r}")
            if type(self) is Core:
                self.run()
        return getattr(self, name)

    def run(self) -> None:
        """Runs the `__init__`, as the package's import does."""
        loader = self.__spec__ and self.__spec__.loader
        assert loader is not None
        vars(self)["running"] = True
        try:
            loader.exec_module(self)
            self.__class__ = ModuleType
        finally:
            del vars(self)["running"]


def import_core() -> None:
    """Imports torchmetrics with the names that Lightning and gan_lab use; all others come when they are asked for.

    Its `__init__` imports every metric there is, and for them scipy.signal, torchvision and torch_fidelity: a quarter
    of the time from a command to its first round. A version of torchmetrics that cannot be imported in this way is
    imported as ever.
    """
    if NAME in sys.modules or (spec := find_spec(NAME)) is None:
        return
    core = module_from_spec(spec)
    vars(core)["_logger"] = logging.getLogger(NAME)  # what its modules want of the package
    sys.modules[NAME] = core
    try:
        import_module(f"{NAME}.utilities")  # before the others, which import each other
        vars(core).update(
            Metric=import_module(f"{NAME}.metric").Metric,
            MetricCollection=import_module(f"{NAME}.collections").MetricCollection,
            __version__=import_module(f"{NAME}.__about__").__version__,
        )
    except (ImportError, AttributeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
            del sys.modules[name]
    else:
        core.__class__ = Core
