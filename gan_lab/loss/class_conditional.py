"""Any loss on one score, for each class by its own critic."""

from dataclasses import replace
from typing import final

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.data.samples import Samples
from gan_lab.domains import NonNegativeInt
from gan_lab.loss.base import AdversarialLoss, judged_real
from gan_lab.loss.classes import ClassLoss, chosen, components_of, fake_classes, real_classes
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch, Contest, CriticOutput, GanLabError, Judge, Terms


@final
class ClassConditional(ClassLoss):
    """A loss `of` one score on N scores, of which each sample is judged by that of its class.

    With y the label of a real sample and f(k) = k mod N the class of a fake one, drawn from component k, the loss sees
    r = o_y and f = o_f(k). The critic's fakes are drawn for the labels of the real batch, f(k_i) = y_i, so that critic
    y compares p(. | y) with q(. | y). With `Wasserstein` inside,

        L_D = mean_fake o_f(k) - mean_real o_y,   L_G = -mean_fake o_f(k),

    and for the best critic whose scores are 1-Lipschitz each, -L_D is sum_y p(y) W1(p(. | y), q(. | y)). A gradient
    penalty gets what it needs: one score, o_y, and interpolates within a class. A penalty on the sum of the scores,
    whose gradients cancel, or interpolates between classes would not do. On a projection critic (`projection: true`)
    it is the conditional GAN of Miyato & Koyama 2018, arXiv 1802.05637, who took the hinge loss; with one class it is
    the loss itself.

    The course documents print the loss of WGAN-GP (Gulrajani et al. 2017, arXiv 1704.00028) beside a critic of N
    scores and leave open which of them is meant: the choice is ours. Raises ValueError for a loss that is on several
    scores itself, that compares samples with each other (in the generator's turn, or by a transport plan: those are of
    different classes), or that needs an energy.
    """

    chooses_score = True

    def __init__(self, *, num_classes: NonNegativeInt, of: AdversarialLoss) -> None:
        super().__init__(num_classes=num_classes)
        if of.outputs != 1 or of.needs_real or of.needs_energy or of.couples_samples:
            raise ValueError(
                f"{type(of).__name__} cannot be made conditional: it must be a loss on one score of each sample alone, "
                "as non_saturating, minimax, hinge, least_squares and wasserstein are"
            )
        self.of = of
        self.needs_images = of.needs_images

    def prepare(self, train: Samples) -> None:
        self.of.prepare(train)

    def conditional_components(self, batch: Batch, noise: IndexedNoise, components: int) -> Int[Tensor, " b"] | None:
        if batch.labels is None:
            raise ValueError("this batch has no labels")
        return components_of(batch.labels, noise, num_classes=self.num_classes, components=components)

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        """The score of each fake's class, in the critic's turn that of its real partner too, as the loss shows it."""
        column = fake_classes(contest, self.num_classes)

        def of_own_class(images: Tensor) -> CriticOutput:
            return by_class(critic(images), column)

        return self.of.judge(of_own_class, contest)

    def critic(self, contest: Contest) -> Terms:
        judged_real(contest)  # or it says that there are none
        assert contest.on_real is not None
        real = by_class(contest.on_real, real_classes(contest))
        return self.of.critic(replace(self.by_own_class(contest), on_real=real))

    def generator(self, contest: Contest) -> Terms:
        return self.of.generator(self.by_own_class(contest))

    def by_own_class(self, contest: Contest) -> Contest:
        """The contest with one score of each fake."""
        return replace(contest, on_fake=by_class(contest.on_fake, fake_classes(contest, self.num_classes)))

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("scores of one class each are no log-ratio of all samples: calibrate the critic first")


def by_class(output: CriticOutput, column: Int[Tensor, " b"]) -> CriticOutput:
    """What the critic says of each sample by its own class's score."""
    return CriticOutput(chosen(output.score, column), output.features)
