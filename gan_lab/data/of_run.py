"""The data that a run was trained on, for the commands that open it. Imports no torch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_lab.trust.home import expanded
from gan_lab.trust.places import data_folder, downloaded_at_home, downloads, stored_root


def own_data(saved: Mapping[str, Any], composed: Mapping[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """Returns the configuration of the run's data with the command line's changes, and the present location of files
    that are not where they were.

    A folder of images that is gone stays named, unless there is another one.
    """
    given = {override.partition("=")[0].removeprefix("data.") for override in overrides if override.startswith("data.")}
    result = {**saved, **{key: composed[key] for key in given if key in composed}}
    if "root" not in saved or "root" in given:
        return result
    if downloads(saved):
        return downloaded_at_home(result, composed.get("root", data_folder()))
    if not Path(stored_root(saved)).is_dir() and expanded(composed.get("root", "")).is_dir():
        result["root"] = composed["root"]
    return result
