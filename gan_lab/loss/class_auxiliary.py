"""Wasserstein with an auxiliary classifier."""

from typing import final

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from gan_lab.domains import NonNegative, NonNegativeInt
from gan_lab.loss.base import judged_real, score_diagnostics
from gan_lab.loss.classes import ClassLoss, fake_classes, real_classes
from gan_lab.types import Contest, CriticOutput, GanLabError, Judge, Terms


@final
class ClassAuxiliary(ClassLoss):
    """The Wasserstein loss on the first of 1 + N scores, and a classifier on the others.

    With scores o, s = o_0, c = (o_1..o_N), y the label of a real sample and f(k) = k mod N the class of a fake one:

        L_D = E s(G(z)) - E s(x) + critic_weight CE(c(x), y),   L_G = -E s(G(z)) + generator_weight CE(c(G(z)), f(k))

    The classifier learns from real samples only. Penalties apply to s only.
    Sources: AC-GAN, Odena et al. 2017, arXiv 1610.09585, with the changes and the weights (1 and 0.1) of the public
    code of Gulrajani et al. 2017, arXiv 1704.00028. Diagnostics: `wasserstein_estimate`, and `class_accuracy`: the
    share of reals (critic) or fakes (generator) whose class the classifier gives.
    """

    chooses_score = True

    def __init__(
        self, *, num_classes: NonNegativeInt, critic_weight: NonNegative, generator_weight: NonNegative
    ) -> None:
        super().__init__(num_classes=num_classes)
        self.critic_weight = critic_weight
        self.generator_weight = generator_weight

    @property
    def outputs(self) -> int:
        return 1 + self.num_classes

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        """Returns the critic with its first score only."""

        def judge(images: Tensor) -> CriticOutput:
            output = critic(images)
            return CriticOutput(output.score[:, :1], output.features)

        return judge

    def realness(self, score: Float[Tensor, "b k"], component: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        return score[:, 0]

    def critic(self, contest: Contest) -> Terms:
        both, labels = judged_real(contest), real_classes(contest)
        real, fake, classes = both[:, :1], contest.on_fake.score[:, :1], both[:, 1:]
        terms = {
            "real": -real.mean(),
            "fake": fake.mean(),
            "classes": self.critic_weight * F.cross_entropy(classes, labels),
        }
        estimate = (real.mean() - fake.mean()).detach()
        accuracy = (classes.argmax(1) == labels).float().mean()
        return Terms(
            terms, score_diagnostics(real, fake) | {"wasserstein_estimate": estimate, "class_accuracy": accuracy}
        )

    def generator(self, contest: Contest) -> Terms:
        fake, classes = contest.on_fake.score[:, :1], contest.on_fake.score[:, 1:]
        wanted = fake_classes(contest, self.num_classes)
        terms = {"fake": -fake.mean(), "classes": self.generator_weight * F.cross_entropy(classes, wanted)}
        return Terms(terms, {"class_accuracy": (classes.argmax(1) == wanted).float().mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a Wasserstein critic's score is a potential, not a log-ratio: calibrate it first")
