"""Replays runs on points in the plane, for `python -m gan_lab.replay`. Imports no torch."""

import sys
from collections.abc import Sequence
from pathlib import Path

from gan_lab.compare.result import NoRunError, read_run
from gan_lab.errors import GanLabError, UnreadableFileError
from gan_lab.replay.recording import read
from gan_lab.replay.replay_page import Replayed, replay_page, sentence_on
from gan_lab.runs.atomic import write_text
from gan_lab.runs.below import runs_below
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import from_here
from gan_lab.trust.foreign import read_yaml
from gan_lab.trust.lenient import printable

PAGE = "replay.html"
MOST_RUNS = 12
"""Runs on one page: more could neither be told apart nor drawn in time."""


def write_replay(folders: Sequence[Path], out: Path | None = None) -> Path:
    """Writes the page that replays the runs below the folders, prints where it is, and returns its path.

    It is written to `out`, or to replay.html in the folder, where one is given, otherwise in the current one. A run
    without a recording is left out with a sentence. Raises GanLabError where no run has one and for more than 12.
    """
    runs: list[Replayed] = []
    for path in runs_below(folders, "replay"):
        try:
            runs.append(replayed(path))
        except UnreadableFileError as error:
            print(f"gan_lab: skipped {printable(f'{path}: {error}')}", file=sys.stderr)
    if not runs:
        raise GanLabError(
            f"no run below {', '.join(map(str, folders))} can be replayed: runs on points in the plane with a critic, "
            "such as those of data=ring, are recorded by callback=replay, which they have by default"
        )
    if len(runs) > MOST_RUNS:
        raise GanLabError(f"there are {len(runs)} runs to replay, and a page has {MOST_RUNS} at most: name fewer")
    page = out or (folders[0] if len(folders) == 1 else Path()) / PAGE
    write_text(page, replay_page(told_apart(runs), title_of(folders)))
    print(f"replay: {from_here(page)} ({page.stat().st_size / 1e6:.1f} MB)")
    return page


def replayed(folder: Path) -> Replayed:
    """Returns a run with its recording. Raises UnreadableFileError where it has none."""
    recording = read(RunFolder(folder).replay)
    if not recording.time:
        raise UnreadableFileError("nothing has been recorded yet")
    try:
        settings = read_run(folder).settings
        config = read_yaml(RunFolder(folder).config)
    except (NoRunError, UnreadableFileError):
        settings, config = {}, {}
    name = " on ".join(str(settings[key]) for key in ("variant", "dataset") if key in settings)
    return Replayed(printable(name or folder.name), sentence_on(config), recording)


def told_apart(runs: Sequence[Replayed]) -> list[Replayed]:
    """Returns the runs with a number behind each name that several of them have."""
    names = [run.name for run in runs]
    return [
        Replayed(f"{run.name}, run {names[: index + 1].count(run.name)}", run.sentence, run.recording)
        if names.count(run.name) > 1
        else run
        for index, run in enumerate(runs)
    ]


def title_of(folders: Sequence[Path]) -> str:
    """Returns the names of the folders."""
    return printable(", ".join(dict.fromkeys(folder.resolve().name for folder in folders)))
