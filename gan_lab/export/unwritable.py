"""What cannot be written as ONNX, as far as a configuration tells. Imports no torch."""

from collections.abc import Sequence
from importlib.util import find_spec

from gan_lab.checks.measured import Trained
from gan_lab.errors import GanLabError

NETWORKS = ("generator", "critic")
PACKAGES = ("onnx", "onnxscript", "onnxruntime")


def onnx_file(network: str) -> str:
    """Returns the name of the file of a network."""
    return f"{network}.onnx"


def refuse_unwritable(checkpoint: str, networks: Sequence[str]) -> None:
    """Raises GanLabError where ONNX is not installed, and for a critic that it has no form for."""
    for package in PACKAGES:
        if find_spec(package) is None:
            raise GanLabError(f"{package} is not installed: pip install '.[onnx]' in the folder of the source")
    if not networks or len({*networks}) < len(networks):
        raise GanLabError("networks= lists generator, critic or both, each once")
    trained = Trained.at(checkpoint) if "critic" in networks else None
    if trained is not None and not trained.judged:
        raise without_critic()
    if trained is not None and trained.model["critic"].get("batch_statistics", "none") != "none":
        raise coupled()


def without_critic() -> GanLabError:
    """Returns the mistake of asking for a critic that is not there."""
    return GanLabError("this model has no critic to write: networks=[generator] writes the generator alone")


def coupled() -> GanLabError:
    """Returns the mistake of a critic whose scores depend on the other samples of a batch."""
    return GanLabError(
        "this critic judges the samples of a batch together, which cannot be written where a batch may have any "
        "size: networks=[generator] writes the generator alone"
    )
