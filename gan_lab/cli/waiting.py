"""torchmetrics without what training does not need of it. Imports no torch by itself.

Lightning and gan_lab use its base classes. Its `__init__` imports every metric there is, and for them scipy.signal and
torch_fidelity, and what draws curves of metrics imports matplotlib: a fifth of the time from a command to its first
round. So both wait until something asks for one of their names, as with Python's own `importlib.util.LazyLoader`,
which would run a module for any name, those of the base classes too.
"""

import logging
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any, cast

NAME = "torchmetrics"
LOCK = RLock()


class Waiting(ModuleType):
    """A module whose code has not run, and a few of its names. Any other name runs the code in this same module, which
    is an ordinary one from then on."""

    def __getattr__(self, name: str) -> Any:
        """Returns what the module has under this name. Raises ImportError if its code cannot be run."""
        absent = AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        if name == "__path__":  # Python asks every module whether it is a package
            raise absent
        with LOCK:  # another thread waits until all names are there
            if type(self) is Waiting:
                if "running" in vars(self):  # its own code asks for a module that it has yet to import
                    raise absent
                vars(self)["running"] = True
                try:
                    cast(Any, self.__spec__).loader.exec_module(self)
                    self.__class__ = ModuleType  # type: ignore[assignment]
                finally:
                    del vars(self)["running"]
        return getattr(self, name)


def waiting(spec: ModuleSpec, **ready: Any) -> ModuleType:
    """Puts a module that waits into `sys.modules`, with the names that are ready, and returns it."""
    module = module_from_spec(spec)
    vars(module).update(ready)
    module.__class__ = Waiting
    sys.modules[spec.name] = module
    return module


def import_torchmetrics() -> None:
    """Imports the base classes of torchmetrics; everything else comes when it is asked for.

    A version of torchmetrics whose parts are others, or that is not there, is left to the usual import.
    """
    if NAME in sys.modules or (spec := find_spec(NAME)) is None:
        return
    try:
        # Its modules ask the package for its logger, and its base classes ask for two annotations and one function.
        package = waiting(spec, _logger=logging.getLogger(NAME))
        plots = PathFinder.find_spec(f"{NAME}.utilities.plot", [f"{path}/utilities" for path in package.__path__])
        if plots is not None:
            waiting(plots, _AX_TYPE=Any, _PLOT_OUT_TYPE=Any, plot_single_or_multi_val=plotted)
        utilities = import_module(f"{NAME}.utilities")  # before the others, which import each other
        vars(utilities)["plot"] = import_module(f"{NAME}.utilities.plot")  # as Python does that imports it itself
        vars(package).update(
            Metric=import_module(f"{NAME}.metric").Metric,
            MetricCollection=import_module(f"{NAME}.collections").MetricCollection,
            __version__=import_module(f"{NAME}.__about__").__version__,
        )
    except Exception:  # whatever it is, the usual import does without it
        for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
            del sys.modules[name]


def plotted(*args: Any, **kwargs: Any) -> Any:
    """Returns what torchmetrics' own function of this place in `Metric.plot` returns."""
    module = sys.modules[f"{NAME}.utilities.plot"]
    module.plot_curve  # noqa: B018 (any name has the code run, which replaces this function in the module)
    return module.plot_single_or_multi_val(*args, **kwargs)
