"""The data that a run was trained on, for the commands that open it. Imports no torch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_lab.trust.home import expanded


def own_data(saved: Mapping[str, Any], composed: Mapping[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """Returns the configuration of the run's data with the command line's changes, and the present location of files
    that are not where they were.

    A folder of images that is gone stays named, unless there is another one.
    """
    given = {override.partition("=")[0].removeprefix("data.") for override in overrides if override.startswith("data.")}
    result = {**saved, **{key: composed[key] for key in given if key in composed}}
    gone = "root" in saved and not Path(saved["root"]).is_dir()
    if gone and ("image_size" not in saved or expanded(composed["root"]).is_dir()):
        result["root"] = composed["root"]
    return result
