"""The supervised loss of GM-GAN: one sigmoid per class."""

from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from gan_lab.loss.base import judged_real, level_diagnostics
from gan_lab.loss.classes import ClassLoss, fake_classes, random_signs, real_classes
from gan_lab.types import Contest, Judge, Terms


@final
class ClassBCE(ClassLoss):
    """Binary cross-entropy on N independent sigmoids, one per class; the target of a fake is 0 for all of them.

    With logits o_1..o_N, y the label of a real sample, k the mixture component of a fake one and f(k) = k mod N:

        L_D = mean_real [ softplus(-o_y) + sum_{m != y} softplus(o_m) ] + mean_fake sum_m softplus(o_m)
        L_G = mean_fake [ softplus(-o_f(k)) + sum_{m != f(k)} softplus(o_m) ]

    The loss is the sum over the N sigmoids and the mean over the batch. At zero logits L_D = 2 N log 2 and
    L_G = N log 2. There is no output for "fake".
    Source: Ben-Yosef & Weinshall 2018, arXiv 1808.10356, as source document 001 prints the formula (its text describes
    a softmax, which is `ClassSoftmax`). Deviation: none known, but the body of the paper was not available.
    """

    mixes_scores = True

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        """Returns the sum of all scores with random signs, for penalties on squared gradients."""
        return random_signs(critic, contest, self.outputs)

    def critic(self, contest: Contest) -> Terms:
        real, fake, labels = judged_real(contest), contest.on_fake.score, real_classes(contest)
        switched_off = F.softplus(fake).sum(1)
        diagnostics = level_diagnostics(self.log_ratio(real.detach()), self.log_ratio(fake.detach()))
        diagnostics["class_accuracy"] = (real.argmax(1) == labels).float().mean()
        return Terms({"real": self.one_on(real, labels), "fake": switched_off.mean()}, diagnostics)

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": self.one_on(contest.on_fake.score, fake_classes(contest, self.num_classes))})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """Returns logit(sum_m sigmoid(o_m)), clamped to +-16: at the optimum the sum is p_data / (p_data + p_g)."""
        return torch.logit(score.sigmoid().sum(1), eps=1e-7)

    @staticmethod
    def one_on(score: Float[Tensor, "b k"], target: Int[Tensor, " b"]) -> Float[Tensor, ""]:
        """Returns the cross-entropy with one-hot targets; at the target softplus(-o) = softplus(o) - o."""
        return (F.softplus(score).sum(1) - score.gather(1, target[:, None]).squeeze(1)).mean()
