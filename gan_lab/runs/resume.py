"""Finds an interrupted run, or a job of a sweep that has begun. Imports no torch."""

import os
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, cast

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from gan_lab.errors import GanLabError
from gan_lab.runs.as_written import as_written, literal
from gan_lab.runs.run_folder import RunFolder
from gan_lab.runs.state import OVER, State, state
from gan_lab.terminal.commands import from_here
from gan_lab.trust.lenient import listed, whole
from gan_lab.trust.places import written_at_home

LENGTHS = ("epochs", "generator_steps")
ELSEWHERE = ("overrides", "overwrite", "resume", "trainer.", "loggers.", "callbacks.", "search.")
PARTS: dict[str, type] = {
    **dict.fromkeys(("model", "data", "trainer", "callbacks", "loggers"), dict),
    **{"run_dir": str, "dataset": str, "seed": int},
}
CACHE = "metric.cache_dir"
MAY_CHANGE = (*LENGTHS, "trainer.devices", "trainer.num_nodes", "trainer.accelerator", CACHE)
EXPANDED = re.compile(r"^~|\$|://|::")
"""What libraries expand in a path: the home folder, variables of the environment, other file systems."""
PLACES = ("dir", ".name", ".version")
"""How the options end that name a place, of callbacks and of the loggers in conf/logger."""


def locate(path: str) -> tuple[Path, Path]:
    """Returns the run folder and the checkpoint for the path of either.

    Raises GanLabError where there is none.
    """
    given = Path(path).absolute()
    folder = RunFolder.around(given)
    checkpoint = folder.resumable or folder.checkpoint("last") if given.is_dir() else given
    if not checkpoint.is_file():
        raise GanLabError(f"nothing to resume: there is no checkpoint at {checkpoint}")
    if not folder.config.is_file():
        raise GanLabError(f"{checkpoint} does not lie in a run folder: {folder.config} is missing")
    return folder.path, checkpoint


def saved_config(run_dir: Path, overrides: Sequence[str], composed: DictConfig | None = None) -> DictConfig:
    """Returns the saved configuration of the run, with a new length or other devices where these are given.

    The folder may have been moved. What the configuration refers to, such as a variable of the environment, is not
    looked up, since the file may be somebody else's: it has to be given again, or comes from the same job as it is
    `composed` now. Raises GanLabError where there is neither, and for any other change, which would make it another
    run.
    """
    saved = RunFolder(run_dir).read_config()
    refuse_incomplete(saved, run_dir)
    refuse_changes(saved, overrides)
    given, looked_up = values_of(overrides), looked_up_in(saved)
    saved = moved(with_length(saved, given), saved["run_dir"], str(run_dir))
    refuse_outside(saved, run_dir, looked_up.keys())
    config = OmegaConf.create(written_at_home(saved, given.get(CACHE)))
    for key in looked_up.keys() - given.keys():
        if composed is None:
            raise GanLabError(
                f"{RunFolder(run_dir).config} says that {key} is {looked_up[key]}, and what a file refers to is not "
                f"looked up: give it again, ++{key}=VALUE"
            )
        OmegaConf.update(config, key, OmegaConf.select(composed, key))
    for key, value in given.items():
        if key in ("resume", CACHE):
            continue
        if key in LENGTHS:
            config.update(dict.fromkeys(LENGTHS))
        OmegaConf.update(config, key, OmegaConf.from_dotlist([f"value={value}"]).value)
    return config


def with_length(saved: dict[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Returns a saved configuration whose command line has the new length, so that it trains the same."""
    new = [f"{key}={given[key]}" for key in LENGTHS if key in given]
    words = [word for word in listed(saved.get("overrides")) if not {*LENGTHS} & values_of([str(word)]).keys()]
    return saved | {"overrides": [*words, *new]} if new else saved


def refuse_changes(saved: Mapping[str, Any], overrides: Sequence[str]) -> None:
    """Raises GanLabError for an override that would make the saved run another one."""
    may_change = {"resume", *MAY_CHANGE, *looked_up_in(saved)}
    for key, value in values_of(overrides).items():
        if key not in may_change:
            raise GanLabError(f"{key}={value} cannot change in a resumed run: only {', '.join(MAY_CHANGE)} can change")


def values_of(overrides: Sequence[str]) -> dict[str, str]:
    """Returns the values that overrides give to keys."""
    return dict(override.lstrip("+").partition("=")[::2] for override in overrides)


def looked_up_in(saved: Mapping[str, Any]) -> dict[str, str]:
    """Returns what a saved configuration refers to, by key."""
    return {key: text for key, text in texts(saved, "") if "${" in text and not key.endswith("overrides")}


def already_there(steps: int) -> GanLabError:
    """Returns the mistake of resuming a run that has its generator steps."""
    return GanLabError(
        f"this run already has its {steps} generator steps: to continue it, set generator_steps= above that, or a "
        "larger epochs="
    )


def refuse_finished(run_dir: Path, config: DictConfig) -> None:
    """Raises GanLabError for a run that has its generator steps already, as far as its summary tells."""
    summary = RunFolder(run_dir).read_summary()
    done, wanted = whole(summary.get("generator_steps")), config.generator_steps
    if wanted is None and config.epochs == RunFolder(run_dir).read_config().get("epochs"):
        wanted = whole(summary.get("length"))
    if summary.get("status") == "finished" and done is not None and wanted is not None and done >= wanted:
        raise already_there(done)


def refuse_incomplete(saved: dict[str, Any], run_dir: Path) -> None:
    """Raises GanLabError for a configuration without one of the parts that a run needs."""
    for key, kind in PARTS.items():
        if not isinstance(saved.get(key), kind):
            raise GanLabError(f"{RunFolder(run_dir).config} is damaged, since it lacks its {key}: nothing is resumed")
    if not any(kind(saved["run_dir"]).is_absolute() for kind in (PurePosixPath, PureWindowsPath)):
        raise GanLabError(f"{RunFolder(run_dir).config} is damaged, since its run_dir is no whole path")


def refuse_outside(saved: dict[str, Any], run_dir: Path, given_again: Container[str]) -> None:
    """Raises GanLabError where a callback or a logger would write outside of the folder of the run. Values that the
    user has to give again are the user's own."""
    for part in ("callbacks", "loggers"):
        for key, text in texts(saved[part], part):
            measures = key.startswith("callbacks.evaluation.measure.")  # caches, and files that are only read
            inside = Path(os.path.normpath(run_dir / text)).is_relative_to(run_dir)
            if key.endswith(PLACES):
                inside = inside and not EXPANDED.search(text.removeprefix(str(run_dir)))
            if not (inside or measures or key in given_again or key.endswith("overrides")):
                raise GanLabError(
                    f"{RunFolder(run_dir).config} says that {key} is {text}, which lies outside of the run: it is "
                    "resumed in its own folder alone"
                )


def texts(node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yields every text in a nested value, with its key; items of a list have the key of the list."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        for value in node:
            yield from texts(value, path)
    elif isinstance(node, str):
        yield path, node


def moved(node: Any, was: str, now: str) -> Any:
    """Returns the same nested value with the folder `was` replaced by `now` in every path below it, and every text
    such that OmegaConf looks up nothing."""
    if isinstance(node, dict):
        return {key: moved(value, was, now) for key, value in node.items()}
    if isinstance(node, list):
        return [moved(value, was, now) for value in node]
    if not isinstance(node, str):
        return node
    inside = node == was or node.startswith((f"{was}/", f"{was}{os.sep}"))  # conf/ writes slashes, on Windows too
    return literal(now + node[len(was) :] if inside else node)


def begun(composed: DictConfig) -> bool:
    """Returns whether this job of a multirun has a checkpoint from an earlier call of the sweep.

    Raises GanLabError if that was trained with other settings.
    """
    return is_job(composed) and RunFolder(Path(composed.run_dir)).resumable is not None


def over(composed: DictConfig) -> State | None:
    """Returns the state of a job of a multirun if it has ended and need not run again.

    Raises GanLabError as `begun` does.
    """
    found = state(Path(composed.run_dir))
    return found if found.status in OVER and is_job(composed) else None


def is_job(composed: DictConfig) -> bool:
    """Returns whether this is a job of a multirun that an earlier call of the sweep began. Raises GanLabError if that
    was trained with other settings."""
    folder = RunFolder(Path(composed.run_dir))
    if HydraConfig.get().mode != RunMode.MULTIRUN or not folder.config.is_file():
        return False
    refuse_another(folder, composed)
    return True


def refuse_another(folder: RunFolder, composed: DictConfig) -> None:
    """Raises GanLabError naming the settings that differ from the saved configuration of a run."""
    wanted = as_written(composed, cast(Any, OmegaConf.to_container(composed, resolve=True)))
    if others := other_settings(folder.read_config(), wanted):
        raise GanLabError(
            f"{from_here(folder.path)} was trained with other values ({', '.join(others[:3])}): give this sweep "
            "a folder of its own, hydra.sweep.dir=FOLDER"
        )


def other_settings(there: Mapping[str, Any], here: Mapping[str, Any], leave_out: Sequence[str] = ()) -> list[str]:
    """Returns what differs between the settings of two runs, but for the keys in `leave_out`, an item in words each.

    Options that only one of the two has, because another version wrote it, do not count as different.
    """
    saved, wanted = dict(leaves(there)), dict(leaves(here))
    return [
        f"{key} {saved[key]} there, {wanted[key]} here"
        for key in wanted
        if key not in leave_out and wanted[key] != saved.get(key, wanted[key])
    ]


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yields every setting that affects the results of a run, with its key: not the place of its files or its
    machine."""
    if path.startswith(ELSEWHERE) and not path.startswith("callbacks.evaluation"):
        return
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif not path.endswith(("root", "data.path", "run_dir", "cache_dir")):
        yield path, node
