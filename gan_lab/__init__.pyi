"""The public names with their types; __init__.py imports each when it is asked for."""

from gan_lab.errors import GanLabError as GanLabError
from gan_lab.library.drawn import Samples as Samples
from gan_lab.library.evaluated import Evaluation as Evaluation
from gan_lab.library.fitting import fit as fit
from gan_lab.library.inversion import Inversion as Inversion
from gan_lab.library.model import Model as Model
from gan_lab.library.model import load as load
from gan_lab.library.runs import Runs as Runs
from gan_lab.library.runs import open_runs as open_runs
from gan_lab.library.trained_run import Run as Run

__all__: list[str]
__version__: str
OLDEST: tuple[int, int]
NEWEST: tuple[int, int]
