"""Whole command lines of what reads no single configuration: sweeps, comparisons, dashboards, progress."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from gan_lab.checks.several import OPTIONS
from gan_lab.config.choices import CONF_DIR, choices, values_of_choice
from gan_lab.errors import GanLabError
from gan_lab.sweep.base import Sweep
from tests.bad_inputs.options import NEVER, WRONG
from tests.bad_inputs.outcome import Outcome, outcome
from tests.in_one_process import run

EACH = 12
PATHS = (
    *("", " ", "/nowhere", "no such folder", "/dev/null", "file", "/proc/self/fd"),
    *("x" * 300, "..", "~nobody", "--", "-"),
)
"""Of these, `file` is a file; none is a folder with runs."""
KEYS = (
    *("optimizer.lr", "model.prior.dim", "seed", "generator_steps"),
    *("data.batch_size", "model.n_critic", "model", "x.y"),
)
RANGES = (
    *("interval(2,1)", "interval(1,2", "interval(nan,1)", "interval(-1,1)", "interval(1,2)"),
    *("range(3,1)", "range(1,9,0)", "choice()", "choice(1)", "choice(1,nan)", "glob(*)", "shuffle(1,2)"),
    *("tag(log,interval(0,1))", "tag(x,interval(1,2))", "int(interval(0.2,0.3))", "sort(2,1)", "extend_list(1)"),
    *("1,1", "1,,2", ",", "1,nan", "1,x", "[1,2],[3]", "null,1"),
)
"""What a sweep could vary a value over."""


class WouldStartError(Exception):
    """The jobs of a sweep would be started now."""


@contextmanager
def without_jobs() -> Iterator[None]:
    """Lets a sweep end where its jobs would be started, and leaves the arguments of this process as they were."""

    def launch(self: Sweep, numbers: Sequence[int], progress: object) -> None:
        raise WouldStartError

    arguments, before, Sweep.launch = sys.argv, Sweep.launch, launch  # type: ignore[method-assign]
    try:
        yield
    except WouldStartError:
        pass
    finally:
        sys.argv, Sweep.launch = arguments, before  # type: ignore[method-assign]


def of_line(place: str, words: Sequence[str]) -> Outcome:
    """What becomes of a command line, whose last line must say what is wrong if its status is not 0."""

    def action() -> None:
        with without_jobs():
            found = run(words)
            last = (str(found["said"]).strip().splitlines() or [""])[-1]
            if found["status"] and not last.startswith("gan_lab: ") and " error: " not in last:
                raise AssertionError(f"ended with status {found['status']} and {last!r}")
            if found["status"]:
                raise GanLabError(last)

    found = outcome(place, " ".join(words), action, str)
    if found.kind == "accepted" and any(word.endswith(tuple(f"={value}" for value in NEVER)) for word in words):
        return Outcome(place, found.given, "nonsense")
    return found


def of_lines(random: Random, run_folder: Path, sweep: Path, folder: Path) -> Iterator[Outcome]:
    """Wrong command lines for whatever `tests.bad_inputs.options` does not compose."""
    Path("file").write_text("no run")
    runs = shutil.copytree(run_folder, folder / "compared", ignore=shutil.ignore_patterns("checkpoints"))
    for number in range(2 * EACH):
        yield of_line("python -m gan_lab.compare", ["compare", *compared(random, runs, number)])
        yield of_line("python -m gan_lab.dashboard", ["dashboard", *dashboard(random, sweep, number)])
        yield of_line("python -m gan_lab.sweep", ["sweep", *progress(random, sweep, number)])
        yield of_line("experiment", experiment(random))
        yield of_line("sweep", ["-m", *varied(random)])
        yield of_line("hydra/sweeper", ["-m", *sweeper(random)])
        yield of_line("hydra/launcher", ["-m", *launcher(random)])


def compared(random: Random, runs: Path, number: int) -> list[str]:
    wrong = random.choice(PATHS)
    curves = random.choice(("", ",", "nothing", "fid,,fid", "step", "../x", "a=b"))
    lines: Sequence[list[str]] = (
        [wrong],
        [str(runs), wrong],
        [str(runs), f"--out={random.choice(('file', '/proc/x', '/dev/null/x', 'file/below', 'x' * 300))}"],
        [str(runs), f"--curves={curves}"],
        [str(runs), "--figures", f"--curves={curves}", "--out=comparison"],
        [str(runs), "--figures", f"--against={random.choice(('', 'x', 'step', 'seconds,images_seen'))}"],
        [str(runs), random.choice(("--ou=x", "-o", "--figure", "--open=1", "--out", "--x", "out=x", "figures=true"))],
    )
    return lines[number % len(lines)]


def dashboard(random: Random, sweep: Path, number: int) -> list[str]:
    wrong = random.choice(PATHS)
    lines: Sequence[list[str]] = (
        [wrong],
        [wrong, "--dry-run=definitions.json"],
        [str(sweep), wrong, "--dry-run=definitions.json"],
        [str(sweep), f"--dry-run={random.choice(('', '.', 'file/below', '/proc/x', 'x' * 300))}"],
        [str(sweep), f"--project={random.choice(('', ' ', 'a/b', 'x' * 300))}", "--dry-run=definitions.json"],
        [str(sweep), f"--entity={random.choice(('', ' ', 'a/b', 'x' * 300))}", "--dry-run=definitions.json"],
        [str(sweep), random.choice(("--points=1", "--dry", "--dry-run", "-x", "project=x", "--sweep=x"))],
    )
    return lines[number % len(lines)]


def progress(random: Random, sweep: Path, number: int) -> list[str]:
    wrong = random.choice(PATHS)
    return ([wrong], [], [str(sweep), wrong], ["-m", wrong], [f"folder={sweep}"], [f"--folder={sweep}"])[number % 6]


def experiment(random: Random) -> list[str]:
    """An experiment with a wrong value, another experiment, or started as what it is not."""
    name = random.choice(choices("experiment"))
    key = random.choice([*values_of_choice("experiment", name), *KEYS])
    lines = (
        ["-m", f"experiment={name}", f"{key}={random.choice(NEVER)}"],
        [f"experiment={random.choice(('nothing', '', 'null,', '[gan_n1]', 'gan_n', '3', name.upper()))}"],
        [f"experiment={name}", f"experiment={random.choice(choices('experiment'))}"],
        ["-m", f"experiment={name}", f"experiment@x={name}"],
        ["-m", f"experiment={name},nothing"],
        ["-m", f"experiment=search,{name}", "generator_steps=nan"],
        [f"+experiment={name}", "epochs=-1"],
    )
    return random.choice(lines)


def varied(random: Random) -> list[str]:
    """A grid or a search over values that it cannot have."""
    start = random.choice(
        (["model=gan"], ["model=gan,wgan"], ["sweep=search", "model=gan"], ["sweep=grid", "model=gan"])
    )
    wrong = random.choice(
        (f"{random.choice(KEYS)}={random.choice(RANGES)}", f"{random.choice(KEYS)}={random.choice(WRONG)}")
    )
    return [*start, *(["data=ring"] if "search" in start[0] else []), wrong]


def sweeper(random: Random) -> list[str]:
    kind = random.choice(("grid", "search"))
    own = [*OPTIONS[f"hydra_plugins.gan_lab_sweepers.{kind.title()}"]]
    wrong = f"hydra.sweeper.{random.choice(own)}={random.choice(WRONG)}"
    return [f"sweep={kind}", "model=gan", "seed=1,2", wrong]


def launcher(random: Random) -> list[str]:
    name = random.choice(
        [choice for choice in choices("hydra/launcher") if (CONF_DIR / f"hydra/launcher/{choice}.yaml").is_file()]
    )
    target = values_of_choice("hydra/launcher", name)["hydra.launcher._target_"]
    start = [f"hydra/launcher={name}", "model=gan,wgan"]
    return [*start, f"hydra.launcher.{random.choice([*OPTIONS[target]])}={random.choice(WRONG)}"]
