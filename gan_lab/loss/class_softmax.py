"""The supervised loss of GM-GAN with one softmax, which has an additional class for fakes."""

from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from gan_lab.domains import NonNegativeInt
from gan_lab.loss.base import judged_real, level_diagnostics
from gan_lab.loss.classes import ClassLoss, chosen, component_classes, fake_classes, random_signs, real_classes
from gan_lab.types import Contest, Judge, Terms


@final
class ClassSoftmax(ClassLoss):
    """Cross-entropy on N + 1 scores: one per class, and the last one, number N, for "fake".

    With y the label of a real sample, k the mixture component of a fake one and f(k) = k mod N:

        L_D = mean_real CE(o, y) + mean_fake CE(o, N),   L_G = mean_fake CE(o, f(k)),   CE(o, m) = -log softmax(o)_m

    f(k) is never N, so the generator is never trained to be recognised as fake. With `asks_for_fake` it is, for one
    component in N + 1, as in code that takes the K = N + 1 scores for K components: then f(k) = k mod (N + 1). At zero
    scores L_D = 2 log(N + 1) and L_G = log(N + 1).
    Diagnostic `class_accuracy`: for the critic the share of real samples whose label has the highest of the N class
    scores, for the generator the share of fakes that are classified as the class that they were drawn for.
    Source: the text of source document 001 on GM-GAN (Ben-Yosef & Weinshall 2018, arXiv 1808.10356), whose formula is
    `ClassBCE`; the N + 1 classes are from Salimans et al. 2016, arXiv 1606.03498.
    """

    mixes_scores = True

    def __init__(self, *, num_classes: NonNegativeInt, asks_for_fake: bool = False) -> None:
        super().__init__(num_classes=num_classes)
        self.asks_for_fake = asks_for_fake
        self.needs_components = self.asked_classes

    @property
    def outputs(self) -> int:
        return self.num_classes + 1

    @property
    def asked_classes(self) -> int:
        return self.num_classes + self.asks_for_fake

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        """Returns the sum of all scores with random signs, for penalties on squared gradients."""
        return random_signs(critic, contest, self.outputs)

    def realness(self, score: Float[Tensor, "b k"], component: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        """Returns log softmax(o)_f(k)."""
        return chosen(score.log_softmax(1), component_classes(component, self.asked_classes)).squeeze(1)

    def critic(self, contest: Contest) -> Terms:
        real, fake, labels = judged_real(contest), contest.on_fake.score, real_classes(contest)
        is_fake = torch.full_like(labels, self.num_classes)
        diagnostics = level_diagnostics(self.log_ratio(real.detach()), self.log_ratio(fake.detach()))
        diagnostics["class_accuracy"] = (real[:, :-1].argmax(1) == labels).float().mean()
        return Terms({"real": F.cross_entropy(real, labels), "fake": F.cross_entropy(fake, is_fake)}, diagnostics)

    def generator(self, contest: Contest) -> Terms:
        fake, wanted = contest.on_fake.score, fake_classes(contest, self.asked_classes)
        accuracy = (fake.argmax(1) == wanted).float().mean()
        return Terms({"fake": F.cross_entropy(fake, wanted)}, {"class_accuracy": accuracy})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """Returns log sum_{m < N} exp(o_m) - o_N: at the optimum softmax(o)_N is p_g / (p_data + p_g)."""
        return score[:, :-1].logsumexp(1) - score[:, -1]
