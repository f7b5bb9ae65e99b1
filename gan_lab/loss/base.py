"""What every adversarial loss is."""

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.types import Contest, Terms


class AdversarialLoss(nn.Module, ABC):
    """What critic and generator minimise, on raw scores that are high for real.

    A Module, so that a loss with a state (a buffer) is saved and moved with the model. Losses never log, never step
    and draw random numbers only from `contest.noise`.
    """

    needs_real: bool = False
    """Whether the generator's loss looks at real samples: then its turn is given a fresh batch of them."""

    needs_labels: bool = False
    """Whether the data must have class labels."""

    needs_components: int = 0
    """How many mixture components the prior must have at least."""

    def __init__(self) -> None:  # torch's takes any keyword: a mistyped option must not pass
        super().__init__()

    @property
    def outputs(self) -> int:
        """How many scores per sample the critic must give."""
        return 1

    @abstractmethod
    def critic(self, contest: Contest) -> Terms:
        """The critic's terms: means over the batch."""

    @abstractmethod
    def generator(self, contest: Contest) -> Terms:
        """The generator's terms: means over the batch."""

    @abstractmethod
    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """log p_data(x) / p_g(x) as the optimal critic's score tells it.

        Raises GanLabError where a score of this loss is no log-ratio and must be calibrated first.
        """


def judged_real(contest: Contest) -> Float[Tensor, "b k"]:
    """The scores of the real samples. Raises ValueError in a turn that has none: the schedule is wrong then."""
    if contest.on_real is None:
        raise ValueError("this turn's contest has no real samples")
    return contest.on_real.score


def score_diagnostics(real: Float[Tensor, "b k"], fake: Float[Tensor, "b k"]) -> dict[str, Float[Tensor, ""]]:
    """Mean scores of both sides."""
    return {"score_real": real.detach().mean(), "score_fake": fake.detach().mean()}
