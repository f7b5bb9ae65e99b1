"""The data that a run was trained on, for the commands that open it. Imports no torch."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_lab.trust.home import expanded
from gan_lab.trust.places import data_folder, downloaded_at_home, downloads, stored_root


def own_data(saved: Mapping[str, Any], composed: Mapping[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """Returns the configuration of the run's data with the command line's changes, and the present location of files
    that are not where they were.

    A folder or a file of one's own that is gone stays named, unless there is another one.
    """
    given = {override.partition("=")[0].removeprefix("data.") for override in overrides if override.startswith("data.")}
    result = {**saved, **{key: composed[key] for key in given if key in composed}}
    if "path" in saved and "path" not in given:
        return {**result, **moved("path", saved, composed, Path.is_file)}
    if "root" not in saved or "root" in given:
        return result
    if downloads(saved):
        return downloaded_at_home(result, composed.get("root", data_folder()))
    stored_root(saved)
    return {**result, **moved("root", saved, composed, Path.is_dir)}


def moved(
    key: str, saved: Mapping[str, Any], composed: Mapping[str, Any], there: Callable[[Path], bool]
) -> dict[str, Any]:
    """Returns the present place of data that are not where the run had them, if the command line's is one."""
    present = composed.get(key) or ""
    return {key: present} if not there(Path(str(saved[key]))) and there(expanded(present)) else {}
