"""Any loss on one score, made conditional: each class has its own score."""

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
    """Applies the loss `of` one score to a critic with N scores, using for each sample the score of its class.

    With scores o, y the label of a real sample, and f(k) = k mod N the class of a fake drawn from component k, the loss
    gets r = o_y and f = o_f(k). In the critic's turn the fakes are drawn for the labels of the real batch,
    f(k_i) = y_i, so that score y compares p(. | y) with q(. | y). With `Wasserstein` as `of`,

        L_D = mean_fake o_f(k) - mean_real o_y,   L_G = -mean_fake o_f(k),

    and for the best critic with 1-Lipschitz scores, -L_D is sum_y p(y) W1(p(. | y), q(. | y)). A gradient penalty gets
    one score, o_y, and interpolates within a class. It would be wrong on the sum of the scores, whose gradients cancel,
    or between classes. With a projection critic (`projection: true`) this is the conditional GAN of Miyato & Koyama
    2018, arXiv 1802.05637, who use the hinge loss. With one class it is the loss itself.

    Source document 001 prints the loss of WGAN-GP (Gulrajani et al. 2017, arXiv 1704.00028) for a critic of N scores
    and leaves open which score is meant; this is our choice. Raises ValueError if the loss itself uses several scores,
    needs an energy, or compares samples with each other (in the generator's turn or by a transport plan), since those
    can be of different classes.
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
        """Returns the critic with the score of each fake's class (in its own turn, also the real partner's class)."""
        column = fake_classes(contest, self.num_classes)

        def of_own_class(images: Tensor) -> CriticOutput:
            return by_class(critic(images), column)

        return self.of.judge(of_own_class, contest)

    def critic(self, contest: Contest) -> Terms:
        judged_real(contest)  # raises ValueError if there are none
        assert contest.on_real is not None
        real = by_class(contest.on_real, real_classes(contest))
        return self.of.critic(replace(self.by_own_class(contest), on_real=real))

    def generator(self, contest: Contest) -> Terms:
        return self.of.generator(self.by_own_class(contest))

    def by_own_class(self, contest: Contest) -> Contest:
        """Returns the contest in which each fake has only the score of its class."""
        return replace(contest, on_fake=by_class(contest.on_fake, fake_classes(contest, self.num_classes)))

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a score of a single class is not a log-ratio: calibrate the critic first")


def by_class(output: CriticOutput, column: Int[Tensor, " b"]) -> CriticOutput:
    """Returns the critic's output with one score per sample, that in its `column`."""
    return CriticOutput(chosen(output.score, column), output.features)
