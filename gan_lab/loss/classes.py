"""The base class of losses with one score per class."""

from abc import ABC

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import NonNegativeInt
from gan_lab.loss.base import AdversarialLoss
from gan_lab.noise import IndexedNoise
from gan_lab.types import Contest, CriticOutput, Judge


class ClassLoss(AdversarialLoss, ABC):
    """A loss on N classes. The data have labels; the prior has K >= N components k, each of class f(k) = k mod N."""

    needs_labels = True

    def __init__(self, *, num_classes: NonNegativeInt) -> None:
        super().__init__()
        self.num_classes = self.needs_components = num_classes  # with fewer, some classes would never be generated

    @property
    def outputs(self) -> int:
        return self.num_classes

    @property
    def asked_classes(self) -> int:
        """The number of classes that fakes are drawn for: N, unless a loss knows more than those of the data."""
        return self.num_classes

    def realness(self, score: Float[Tensor, "b k"], component: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        return chosen(score, component_classes(component, self.asked_classes)).squeeze(1)


def label_classes(loss: AdversarialLoss | None, of_data: int) -> int:
    """Returns the number N of the data's classes if component k stands for the class k mod N, else 0."""
    return of_data if isinstance(loss, ClassLoss) and loss.asked_classes == of_data else 0


def real_classes(contest: Contest) -> Int[Tensor, " b"]:
    """Returns the labels of the real samples. Raises ValueError if this turn has none."""
    if contest.labels is None:
        raise ValueError("this turn's contest has no labels")
    return contest.labels


def fake_classes(contest: Contest, num_classes: int) -> Int[Tensor, " b"]:
    """Returns the class that each fake was drawn for. Raises ValueError if the codes have no components."""
    return component_classes(contest.latent.component, num_classes)


def component_classes(component: Int[Tensor, " b"] | None, num_classes: int) -> Int[Tensor, " b"]:
    """Returns the class f(k) = k mod N of each component. Raises ValueError if there are no components."""
    if component is None:
        raise ValueError("these samples have no components, from which their classes follow")
    return component % num_classes


def components_of(
    labels: Int[Tensor, " b"], noise: IndexedNoise, *, num_classes: int, components: int
) -> Int[Tensor, " b"]:
    """Returns for each label y a component k with k mod N = y, drawn uniformly."""
    choices = (components - 1 - labels) // num_classes + 1
    return labels + num_classes * (noise.uniform(len(labels)) * choices).long()


def chosen(score: Float[Tensor, "b k"], column: Int[Tensor, " b"]) -> Float[Tensor, "b 1"]:
    """Returns the score in the given column for each sample."""
    return score.gather(1, column[:, None])


def random_signs(critic: Judge, contest: Contest, outputs: int) -> Judge:
    """Returns a critic with the score v . o(x), where v has random signs, one v per sample, the same at every call.

    E |grad (v . o)|^2 is the sum of |grad o_m|^2, the squared Frobenius norm of the Jacobian (Hutchinson 1990). For the
    plain sum of scores this does not hold, since gradients of opposite signs cancel.
    """
    signs = 2.0 * (contest.noise.uniform(len(contest.fake), outputs) < 0.5) - 1

    def judge(images: Tensor) -> CriticOutput:
        output = critic(images)
        return CriticOutput((signs * output.score).sum(1, keepdim=True), output.features)

    return judge
