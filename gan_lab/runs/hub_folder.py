"""Models of the Hugging Face Hub, which lie in the Hub's own cache once they were opened. Imports no torch."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError
from gan_lab.runs.saved_folder import CARD, WEIGHTS
from gan_lab.trust.limits import refuse_bytes

PREFIX = "hub:"
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
FILES = (WEIGHTS, CARD)
"""What is downloaded: nothing else of a repository is needed, or run."""


def is_on_hub(path: str) -> bool:
    """Returns whether a path names a model of the Hub: hub:USER/NAME, or hub:USER/NAME@REVISION."""
    return path.startswith(PREFIX)


def refuse_without_extra() -> None:
    """Raises GanLabError where the Hub's library is not installed."""
    if find_spec("huggingface_hub") is None:
        raise GanLabError("huggingface_hub is not installed: pip install '.[hub]' in the folder of the source")


def refuse_no_repository(name: str, option: str) -> None:
    """Raises GanLabError for what cannot be the name of a repository."""
    if not REPOSITORY.fullmatch(name):
        raise GanLabError(f"{option}{name} names no repository of the Hub: write {option}USER/NAME")


@cache
def downloaded(path: str) -> Path:
    """Returns the folder in the Hub's cache with the files of hub:USER/NAME, or of hub:USER/NAME@REVISION.

    They are of one commit, and are looked for on the Hub once in a process. Without a network, those of the commit that
    was downloaded last are taken. Raises GanLabError where there are none, and for files that are larger than the limit
    of `gan_lab.trust.limits`, before anything is downloaded.
    """
    refuse_without_extra()
    name, _, revision = path.removeprefix(PREFIX).partition("@")
    refuse_no_repository(name, PREFIX)
    from huggingface_hub import errors, snapshot_download

    options: dict[str, Any] = {"repo_id": name, "allow_patterns": [*FILES]}
    try:
        try:
            found = snapshot_download(**options, revision=revision or None, dry_run=True)
        except errors.DryRunError:  # the Hub does not answer, or not to us
            folder = Path(snapshot_download(**options, revision=revision or None, local_files_only=True))
        else:
            for file in found:
                refuse_bytes(file.file_size or 0, Path(path) / file.filename)
            refuse_incomplete({file.filename for file in found}, path)
            folder = Path(snapshot_download(**options, revision=found[0].commit_hash))
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        raise GanLabError(
            f"{path} needs the network, since it is not in the Hub's cache yet, and the Hub gives no answer: is there "
            "such a repository, and may you read it?"
        ) from error
    except (errors.HfHubHTTPError, errors.HTTPError, OSError, ValueError) as error:
        raise GanLabError(f"{path} cannot be downloaded: {' '.join(str(error).split())}") from error
    refuse_incomplete({name for name in FILES if (folder / name).is_file()}, path)
    return folder


def refuse_incomplete(there: set[str], path: str) -> None:
    """Raises GanLabError where a repository lacks one of the files of a saved model."""
    if lacking := [name for name in FILES if name not in there]:
        raise GanLabError(f"{path} holds no model of gan_lab: it lacks {' and '.join(lacking)}")
