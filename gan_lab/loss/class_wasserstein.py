"""The earth mover's distance of each class by its own critic."""

from typing import final

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.loss.base import judged_real, score_diagnostics
from gan_lab.loss.classes import ClassLoss, chosen, components_of, fake_classes, real_classes
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch, Contest, CriticOutput, GanLabError, Judge, Terms


@final
class ClassWasserstein(ClassLoss):
    """Wasserstein on N linear scores of which each sample is judged by that of its class.

    With y the label of a real sample and f(k) = k mod N the class of a fake one, drawn from component k:

        L_D = mean_fake o_f(k) - mean_real o_y,   L_G = -mean_fake o_f(k)

    The critic's fakes are drawn for the labels of the real batch, f(k_i) = y_i. So -L_D is sum_y p(y) W1(p(. | y),
    q(. | y)) for the best critic whose scores are 1-Lipschitz each, and a gradient penalty gets what it needs: one
    score, o_y, and interpolates within a class. Two ways that are not this: a penalty on the sum of the scores, whose
    gradients cancel, and interpolates between classes. On a projection critic (`projection: true`) it is the
    conditional WGAN of Miyato & Koyama 2018, arXiv 1802.05637; with one class it is `Wasserstein`.
    The course documents print the loss of WGAN-GP (Gulrajani et al. 2017, arXiv 1704.00028) beside a critic of N
    scores and leave open which of them is meant: the choice is ours.
    """

    chooses_score = True

    def partners(self, batch: Batch, noise: IndexedNoise, components: int) -> Int[Tensor, " b"] | None:
        if batch.labels is None:
            raise ValueError("this batch has no labels")
        return components_of(batch.labels, noise, num_classes=self.num_classes, components=components)

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        """The score of each fake's class, in the critic's turn that of its real partner too."""
        column = fake_classes(contest, self.num_classes)

        def judge(images: Tensor) -> CriticOutput:
            output = critic(images)
            return CriticOutput(chosen(output.score, column), output.features)

        return judge

    def critic(self, contest: Contest) -> Terms:
        real = chosen(judged_real(contest), real_classes(contest))
        fake = chosen(contest.on_fake.score, fake_classes(contest, self.num_classes))
        estimate = (real.mean() - fake.mean()).detach()
        return Terms(
            {"real": -real.mean(), "fake": fake.mean()},
            score_diagnostics(real, fake) | {"wasserstein_estimate": estimate},
        )

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -chosen(contest.on_fake.score, fake_classes(contest, self.num_classes)).mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a Wasserstein critic's score is a potential, not a log-ratio: calibrate it first")
