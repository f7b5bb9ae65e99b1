"""The paths of the published files in a checkout of the repository."""

from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError

ROOT = Path(__file__).parents[2]
OUTPUTS = ROOT / "outputs"
REFERENCE = OUTPUTS / "reference"
TABLE = REFERENCE / "table"
SAMPLERS = REFERENCE / "samplers"

Record = dict[str, Any]
"""The content of a JSON file."""


def refuse_without_checkout(root: Path = ROOT) -> None:
    """Raises GanLabError if the package is not in a checkout of the repository."""
    if not (root / "pyproject.toml").is_file() or not (root / "outputs" / "reference").is_dir():
        raise GanLabError(f"python -m gan_lab.reference needs a checkout of the repository, and {root} is not one")
