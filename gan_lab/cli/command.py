"""Running a command and reporting mistakes as one sentence. Imports no torch."""

import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import cast

from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from gan_lab import __version__
from gan_lab.checks.several import refuse_wrong_options
from gan_lab.cli.arguments import ELSEWHERE, Command, parsed, split, understood
from gan_lab.cli.diagnosis import diagnosis, of_a_value
from gan_lab.cli.help_page import help_page
from gan_lab.cli.waiting import import_torchmetrics
from gan_lab.config.combinations import combinations
from gan_lab.config.compose import composition
from gan_lab.config.plain_values import as_hydra_config
from gan_lab.config.resolvers import register_resolvers
from gan_lab.distributed.environment import first_on_node
from gan_lab.distributed.interrupts import answered_by, end_now, stop
from gan_lab.errors import GanLabError, NonFiniteError, of_the_system
from gan_lab.trust.targets import take_trust

# At import, since the processes of launchers need it too: they import this module when they unpickle a job.
register_resolvers()
# Files in conf/hydra/launcher are checked against the plugins' own of the same names, on purpose.
warnings.filterwarnings("ignore", message=r"\n'hydra/launcher/")


STARTS = ("experiment", "sweep")
"""Groups whose choices set options of Hydra."""


def run_command(action: Callable[[], object], command: Command | None = None) -> None:
    """Runs the main function of a command. A user's mistake ends it with one sentence and status 1, a bug with a
    traceback, a signal with one line and its status.

    Of a `command` that composes a configuration, the command line is read first, and rewritten for Hydra. The other
    processes of a run that Lightning starts have the command line of the first one.
    """
    print_anything()
    if "--version" in sys.argv[1:]:
        print(f"gan_lab {__version__}")
        return
    if command is not None and {"--help", "-h"} & {*sys.argv[1:]} and (page := help_page(command.root)):
        print(page)
        return
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # Hydra hands errors over instead of printing them
    try:
        with answered_by(stop):
            if command is not None and first_on_node():
                sys.argv = [sys.argv[0], *understood(take_trust(sys.argv[1:]), command)]
                refuse_many_shown(command)
                check_several(command)
            action()
    except SystemExit as ending:
        end_now(ending.code)
        raise
    except GanLabError as error:
        sys.exit(f"gan_lab: {error}")
    except OSError as error:
        sys.exit(f"gan_lab: {of_the_system(error)}")
    except (HydraException, OmegaConfBaseException) as error:
        if (own := own_error(error)) is not None:
            sys.exit(f"gan_lab: {own}")
        words = [] if command is None else split(sys.argv[1:], command)[1]
        sys.exit(f"gan_lab: {error if command is None else diagnosis(error, words, command)}")


def print_anything() -> None:
    """Lets a question mark be printed for what a stream has no character for, as pipes on Windows, instead of an
    error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(errors="replace")


def own_error(error: BaseException) -> GanLabError | None:
    """Returns the mistake that Hydra wrapped in an error of its own, if there is one."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, GanLabError):
            return inner
        inner = inner.__cause__ or inner.__context__
    return None


def check_several(command: Command) -> None:
    """Checks what starts the jobs of a multirun, its sweeper and its launcher, if they are the package's own."""
    flags, words = split(sys.argv[1:], command)
    names = {flag.partition("=")[0] for flag in flags}
    if not {"-m", "--multirun"} & names or {*ELSEWHERE} & names:
        return
    own = [
        override for override in map(parsed, words) if override.is_hydra_override() or override.key_or_group in STARTS
    ]
    config = composition(command.root, tuple(str(one.input_line) for one in own if not one.is_sweep_override()))
    with as_hydra_config(config):
        refuse_wrong_options(config.hydra)


def check_jobs(command: Command, check: Callable[[DictConfig, Sequence[str]], None]) -> None:
    """Checks the configuration of every job of a multirun before the first one starts, where the sweep does not.

    `check` gets each configuration with its overrides.
    """
    flags, words = split(sys.argv[1:], command)
    if {"-m", "--multirun"} & {*flags}:
        for job in combinations(OverridesParser.create().parse_overrides(words)):
            own = [word for word in job if not word.startswith("hydra")]
            check(composition(command.root, tuple(own)), own)


def refuse_many_shown(command: Command) -> None:
    """Raises GanLabError where --cfg would have to show several configurations."""
    names = {flag.partition("=")[0] for flag in split(sys.argv[1:], command)[0]}
    if {"-c", "--cfg"} & names and {"-m", "--multirun"} & names:
        raise GanLabError("--cfg shows one configuration, and -m asks for several: leave one of them out")


def check_shown(command: Command, check: Callable[[DictConfig, Sequence[str]], None]) -> None:
    """Checks the configuration that `--cfg` shows as that of a single run of the package's own choices."""
    flags, words = split(sys.argv[1:], command)
    names = {flag.partition("=")[0] for flag in flags}
    if {"-c", "--cfg"} & names and not {"-m", "--multirun", *ELSEWHERE} & names:
        check(composition(command.root, tuple(words)), words)


@contextmanager
def heavy_imports() -> Iterator[None]:
    """Suspends garbage collection during the first import of torch and Lightning, and says how long threads may spin.

    They create more than half a million objects, none of them garbage, and checking these again and again takes a
    fifth of the time. Afterwards all of them belong to the oldest generation, as if a collection had checked them. Of
    torchmetrics, which Lightning imports whole, the base classes come first and the rest when it is asked for.

    torch's threads wait for each other by spinning. Where another program wants the same cores they spin in vain: two
    trainings at once took four to five times as long as one. So they sleep after a thousand turns, unless the user
    has chosen: one training alone then takes a tenth longer at most, and two at once twice as long as one at most
    (`shared` in outputs/reference/benchmark_training.json).
    """
    if not {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & os.environ.keys():
        os.environ["GOMP_SPINCOUNT"] = "1000"  # read when torch is loaded
    gc.disable()
    try:
        import_torchmetrics()
        yield
    finally:
        gc.freeze()
        gc.unfreeze()  # what was frozen goes to the oldest generation
        gc.enable()


@contextmanager
def plain_errors() -> Iterator[None]:
    """Ends a Hydra task with one sentence for a GanLabError, before Hydra adds its own words.

    In a multirun the error is passed to Hydra, which runs the other jobs and reports the first error at the end. An
    error on which all processes of a run agree is reported by the first one; the others end with status 0, because
    Lightning kills the first process when another one fails.
    """
    try:
        yield
    except NonFiniteError as error:
        if not first_on_node():
            sys.exit(0)
        end(error)
    except GanLabError as error:
        end(error)
    except OSError as error:
        end(of_the_system(error))
    except OmegaConfBaseException as error:  # a value that follows from others cannot be found
        end(GanLabError(of_a_value(error) or "the values of this configuration cannot be found"))


@contextmanager
def no_empty_folder(path: str | Path) -> Iterator[None]:
    """Removes the folder at the end of the block if nothing was written into it, because the command was refused.

    So are those around it that lie in the current folder and have nothing else, such as outputs/gan.
    """
    try:
        yield
    finally:
        folder, here = Path(os.path.abspath(path)), Path.cwd()
        with suppress(OSError):
            if folder != here:  # an rmdir that fails ends it
                folder.rmdir()
            while here in folder.parents and (folder := folder.parent) != here:
                folder.rmdir()


def overrides_as_typed() -> list[str]:
    """Returns the overrides of the running job as they were typed: `${...}` in them is not looked up."""
    return cast(list[str], OmegaConf.to_container(HydraConfig.get().overrides.task, resolve=False))


def end(error: GanLabError) -> None:
    if HydraConfig.get().mode == RunMode.MULTIRUN:
        print(f"gan_lab: {error}", file=sys.stderr)
        raise error
    sys.exit(f"gan_lab: {error}")


def requested(key: str, arguments: Sequence[str]) -> str | None:
    """Returns VALUE of `key=VALUE` on the command line without quotes, or None where it is absent or null."""
    found = [argument for argument in arguments if argument.startswith(f"{key}=")]
    value = parsed(found[-1]).value() if found else None
    return value or None if value is None or isinstance(value, str) else found[-1].partition("=")[2]
