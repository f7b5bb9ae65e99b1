"""Uploads an exported folder to the Hugging Face Hub. Imports no torch."""

from pathlib import Path

from gan_lab.errors import GanLabError
from gan_lab.runs.hub_folder import refuse_no_repository, refuse_without_extra

HUBS_OWN = {".gitattributes"}
"""What a new repository has."""


def refuse_upload(name: str, overwrite: bool) -> None:
    """Raises GanLabError where nothing can be uploaded to USER/NAME: without the Hub's library, a key or the network,
    and where the repository has files already, unless these may be replaced."""
    refuse_no_repository(name, "upload=")
    refuse_without_extra()
    from huggingface_hub import HfApi, errors, get_token

    if get_token() is None:
        raise GanLabError(
            "there is no key of the Hugging Face Hub on this machine: run `hf auth login`, or set HF_TOKEN"
        )
    try:
        there = {*HfApi().list_repo_files(name)} - HUBS_OWN
    except errors.RepositoryNotFoundError:
        return
    except (errors.HTTPError, OSError) as error:
        raise cannot(name, error) from error
    if there and not overwrite:
        raise GanLabError(
            f"upload={name} has files on the Hub already: choose another name, or allow it with overwrite=true"
        )


def upload(folder: Path, name: str) -> str:
    """Uploads the files of a folder to USER/NAME, which is made where it is missing, and returns its address."""
    from huggingface_hub import HfApi, errors

    try:
        address = HfApi().create_repo(name, exist_ok=True)
        HfApi().upload_folder(repo_id=name, folder_path=folder, commit_message="Export of gan_lab")
    except (errors.HTTPError, OSError, ValueError) as error:
        raise cannot(name, error, f", and the files lie in {folder}") from error
    return str(address)


def cannot(name: str, error: Exception, more: str = "") -> GanLabError:
    """Returns the mistake of an upload that fails, which needs the network and the right to write there."""
    return GanLabError(f"upload={name} fails on the Hub{more}: {' '.join(str(error).split())}")
