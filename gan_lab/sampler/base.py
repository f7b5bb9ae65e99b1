"""How images are drawn once training is over, or pauses."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import torch

from gan_lab.data.base import Samples
from gan_lab.types import SampleResult

if TYPE_CHECKING:
    from gan_lab.model.base import AdversarialModule


class Sampler(ABC):
    """Draws from a trained model. `prepare` once for a model, then `sample` as often as wanted.

    Randomness is indexed by sample: the n samples of one generator seed are the same whatever the batch size and
    however many processes share them. Only the given generator is used, the global one is left as it is.
    """

    @property
    def name(self) -> str:
        """The name of its yaml."""
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def prepare(self, model: "AdversarialModule", real: Samples) -> None:
        """Takes what it needs from the model and from real samples that the critic was not trained on."""

    @abstractmethod
    def sample(self, n: int, generator: torch.Generator, *, rank: int = 0, world_size: int = 1) -> SampleResult:
        """This rank's part of the n samples that the generator's state determines; the parts in order are the whole."""
