"""The hash of a file that a configuration names. Imports no torch."""

import hashlib

from gan_lab.trust.home import expanded


def sha256(path: str) -> str:
    """Returns the sha256 of the file, and "" where there is none, which whoever reads the file will say."""
    try:
        if not expanded(path).is_file():  # a pipe would be waited for
            return ""
        with expanded(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
