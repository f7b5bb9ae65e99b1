"""The base class of adversarial losses, and diagnostics of scores."""

from abc import ABC, abstractmethod

from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.data.samples import Samples
from gan_lab.domains import Declared
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch, Contest, Judge, Terms


class AdversarialLoss(nn.Module, Declared, ABC):
    """What critic and generator minimise, as functions of raw scores that are high for real.

    In the formulas of losses, r = D(x) are the scores of real samples, f = D(G(z)) those of generated ones, and E is
    the mean over the batch. A loss is a Module so that its buffers are saved and moved with the model. Losses never log
    and never take optimizer steps, and draw random numbers only from `contest.noise`.
    """

    needs_real: bool = False
    """Whether the generator's loss uses real samples; if so, its turn gets a fresh batch of them."""

    needs_labels: bool = False
    """Whether the data must have class labels."""

    needs_images: bool = False
    """Whether samples must be images, whose pixels have neighbours."""

    needs_energy: bool = False
    """Whether the critic must be an energy, bounded on one side; otherwise its loss would have no minimum."""

    couples_samples: bool = False
    """Whether a sample's term depends on the other samples of the batch, which can be of other classes."""

    compares_batches: bool = False
    """Whether a score has no meaning without a batch to compare it with, so that `realness` has none."""

    needs_components: int = 0
    """The smallest number of mixture components that the prior may have."""

    chooses_score: bool = False
    """For a loss on several scores: whether `judge` chooses one per sample. If so, any penalty can be used."""

    mixes_scores: bool = False
    """For a loss on several scores: whether `judge` adds them with random signs. If so, `squares_gradient` penalties
    can be used."""

    def __init__(self) -> None:  # torch's constructor accepts any keyword, so it would accept a misspelt option
        super().__init__()

    @property
    def outputs(self) -> int:
        """The number of scores per sample that the critic must give."""
        return 1

    def prepare(self, train: Samples) -> None:
        """Computes the buffers that depend on the training samples; called once, before the first round."""

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        """Returns the critic that penalties call, with one score per sample; a loss on several scores reduces them."""
        return critic

    def conditional_components(self, batch: Batch, noise: IndexedNoise, components: int) -> Int[Tensor, " b"] | None:
        """Returns the prior's component for the fake that is paired with each real sample in the critic's turn.

        `components` is their number. None lets the prior draw them.
        """
        return None

    def realness(self, score: Float[Tensor, "b k"], component: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        """Returns how real the critic finds each sample, for choosing among samples. With several scores it is that of
        the sample's class: `component` is the component of a fake, or the label of a real sample."""
        return score.squeeze(1)

    @abstractmethod
    def critic(self, contest: Contest) -> Terms:
        """Returns the critic's terms, which are means over the batch."""

    @abstractmethod
    def generator(self, contest: Contest) -> Terms:
        """Returns the generator's terms, which are means over the batch."""

    @abstractmethod
    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """Returns log p_data(x) / p_g(x), computed from the score as if the critic were optimal.

        Raises GanLabError if the scores of this loss are not log-ratios and must be calibrated first.
        """


def judged_real(contest: Contest) -> Float[Tensor, "b k"]:
    """Returns the scores of the real samples. Raises ValueError if this turn has none."""
    if contest.on_real is None:
        raise ValueError("this turn's contest has no real samples")
    return contest.on_real.score


def score_diagnostics(real: Float[Tensor, "b 1"], fake: Float[Tensor, "b 1"]) -> dict[str, Float[Tensor, ""]]:
    """Returns the mean scores, and `accuracy`: the share of the batch's pairs whose real sample has the higher score.

    Losses whose optimal score has a known value where p = q use `level_diagnostics` instead.
    """
    accuracy = (real > fake).float().mean()
    return {"score_real": real.detach().mean(), "score_fake": fake.detach().mean(), "accuracy": accuracy}


def level_diagnostics(real: Float[Tensor, " b"], fake: Float[Tensor, " b"]) -> dict[str, Float[Tensor, ""]]:
    """Returns the means of log-ratios as mean scores, and as `accuracy` the share on the right side of 0."""
    return {"score_real": real.mean(), "score_fake": fake.mean(), "accuracy": right_sides(real, fake)}


def right_sides(real: Float[Tensor, " *b"], fake: Float[Tensor, " *b"]) -> Float[Tensor, ""]:
    """Returns the mean of two shares: of real values above 0, and of fake values below 0."""
    return ((real > 0).float().mean() + (fake < 0).float().mean()) / 2
