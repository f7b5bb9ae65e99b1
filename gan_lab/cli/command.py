"""What every command does with mistakes. Imports no torch."""

import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf.errors import OmegaConfBaseException

from gan_lab.cli.conf_dir import register_resolvers
from gan_lab.distributed.environment import first_on_node
from gan_lab.errors import GanLabError, NonFiniteError

# At import, since the processes in which launchers run jobs need it too: what they unpickle imports this module.
register_resolvers()
# Files in conf/hydra/launcher are checked against the plugins' own of the same names, on purpose.
warnings.filterwarnings("ignore", message=r"\n'hydra/launcher/")


def run_command(command: Callable[[], object]) -> None:
    """Runs a Hydra main. A user's mistake becomes one sentence and exit status 1; a bug keeps its traceback."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # Hydra hands errors over instead of printing them
    try:
        command()
    except GanLabError as error:
        sys.exit(f"gan_lab: {error}")
    except (HydraException, OmegaConfBaseException) as error:
        cause = f"\n{error.__cause__}" if isinstance(error.__cause__, OmegaConfBaseException) else ""
        sys.exit(f"gan_lab: {error}{cause}")


@contextmanager
def heavy_imports() -> Iterator[None]:
    """Around the first import of torch and Lightning: Python looks for no garbage meanwhile.

    They leave more than half a million objects, none of them garbage, and going through these again and again takes a
    fifth of the time. Afterwards all count as old, as if a collection had seen them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()  # what was frozen goes to the oldest generation
        gc.enable()


@contextmanager
def plain_errors() -> Iterator[None]:
    """Around a Hydra task: a GanLabError ends the command before Hydra adds words of its own.

    In a multirun it goes on to Hydra, which runs the other jobs and hands the first error over at the end. What all
    processes of a run agree on is said by the first: the others end quietly with status 0, for Lightning kills the
    first when another one fails.
    """
    try:
        yield
    except NonFiniteError as error:
        if not first_on_node():
            sys.exit(0)
        end(error)
    except GanLabError as error:
        end(error)


@contextmanager
def no_empty_folder(path: str | Path) -> Iterator[None]:
    """Around whatever writes into a folder: one that is still empty afterwards, since something was refused, goes."""
    try:
        yield
    finally:
        with suppress(OSError):
            Path(path).rmdir()


def end(error: GanLabError) -> None:
    if HydraConfig.get().mode == RunMode.MULTIRUN:
        print(f"gan_lab: {error}", file=sys.stderr)
        raise error
    sys.exit(f"gan_lab: {error}")


def requested(key: str, arguments: Sequence[str]) -> str | None:
    """The VALUE of `key=VALUE` on the command line, as a path: without quotes, None for null."""
    found = [argument.partition("=")[2] for argument in arguments if argument.startswith(f"{key}=")]
    return None if not found or found[-1] in ("", "null") else found[-1].strip("'\"")
