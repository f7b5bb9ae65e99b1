"""What every adversarial loss is."""

from abc import ABC, abstractmethod

from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.data.samples import Samples
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch, Contest, Judge, Terms


class AdversarialLoss(nn.Module, ABC):
    """What critic and generator minimise, on raw scores that are high for real.

    A Module, so that a loss with a state (a buffer) is saved and moved with the model. Losses never log, never step
    and draw random numbers only from `contest.noise`.
    """

    needs_real: bool = False
    """Whether the generator's loss looks at real samples: then its turn is given a fresh batch of them."""

    needs_labels: bool = False
    """Whether the data must have class labels."""

    needs_images: bool = False
    """Whether samples must be images: points have no neighbours."""

    needs_energy: bool = False
    """Whether the critic must be an energy, bounded on one side: the best one would have no end otherwise."""

    couples_samples: bool = False
    """Whether a sample's term depends on the others of the batch, so that those of other classes would have a say."""

    needs_components: int = 0
    """How many mixture components the prior must have at least."""

    chooses_score: bool = False
    """Of a loss on several scores: whether `judge` chooses one for each sample. Then any penalty may be put on it."""

    mixes_scores: bool = False
    """Of a loss on several scores: whether `judge` adds them with random signs. Then penalties on squares may."""

    def __init__(self) -> None:  # torch's takes any keyword: a mistyped option must not pass
        super().__init__()

    @property
    def outputs(self) -> int:
        """How many scores per sample the critic must give."""
        return 1

    def prepare(self, train: Samples) -> None:
        """Takes from the training samples what the loss must know of them, into buffers; once, before the first
        round."""

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        """The critic as penalties call it, with one score per sample. Only a loss on several scores must choose one."""
        return critic

    def conditional_components(self, batch: Batch, noise: IndexedNoise, components: int) -> Int[Tensor, " b"] | None:
        """The component, of so many, that the fake partner of each real sample is drawn from in the critic's turn.

        None leaves it to the prior.
        """
        return None

    def realness(self, score: Float[Tensor, "b k"], component: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        """How real each sample looks to the critic, for whoever prefers some; of several scores, that of its class:
        `component` is what a fake was drawn for, or a real sample's label."""
        return score.squeeze(1)

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


def score_diagnostics(real: Float[Tensor, "b 1"], fake: Float[Tensor, "b 1"]) -> dict[str, Float[Tensor, ""]]:
    """Mean scores of both sides, and `accuracy`: the share of the batch's pairs whose real sample has the higher score.

    A loss whose optimal score has a level where p = q says `right_sides` of that instead.
    """
    accuracy = (real > fake).float().mean()
    return {"score_real": real.detach().mean(), "score_fake": fake.detach().mean(), "accuracy": accuracy}


def level_diagnostics(real: Float[Tensor, " b"], fake: Float[Tensor, " b"]) -> dict[str, Float[Tensor, ""]]:
    """The same of log-ratios: their means as scores, and accuracy by their level."""
    return {"score_real": real.mean(), "score_fake": fake.mean(), "accuracy": right_sides(real, fake)}


def right_sides(real: Float[Tensor, " *b"], fake: Float[Tensor, " *b"]) -> Float[Tensor, ""]:
    """Accuracy by level: the share of real values above 0 and of fake ones below, both sides counting alike."""
    return ((real > 0).float().mean() + (fake < 0).float().mean()) / 2
