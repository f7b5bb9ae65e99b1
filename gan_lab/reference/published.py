"""Where the published files lie, in a checkout of the repository."""

from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError

ROOT = Path(__file__).parents[2]
OUTPUTS = ROOT / "outputs"
REFERENCE = OUTPUTS / "reference"
TABLE = REFERENCE / "table"
SAMPLERS = REFERENCE / "samplers"

Record = dict[str, Any]
"""What a JSON file of ours holds."""


def refuse_without_checkout(root: Path = ROOT) -> None:
    """Raise GanLabError where the package was installed without the repository around it."""
    if not (root / "pyproject.toml").is_file() or not (root / "outputs" / "reference").is_dir():
        raise GanLabError(f"python -m gan_lab.reference needs a checkout of the repository, and {root} is none")
