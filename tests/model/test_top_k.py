"""The generator learns from its best fakes alone."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gan_lab.errors import GanLabError
from gan_lab.loss.class_auxiliary import ClassAuxiliary
from gan_lab.loss.class_bce import ClassBCE
from gan_lab.loss.class_conditional import ClassConditional
from gan_lab.loss.class_softmax import ClassSoftmax
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.loss.relativistic import Relativistic
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.model.top_k import TopK
from gan_lab.types import Contest
from tests.contests import contest, total
from tests.present import present
from tests.short_runs import fit

SCORES = torch.tensor([0.3, -2.0, 1.5, 0.1])


def best(share: float, met: Contest, realness: torch.Tensor = SCORES, epochs: float = 1e9) -> Contest:
    return TopK(share=share, decay=0.99).best_of(met, realness, epochs)


def test_only_the_best_scores_have_a_gradient() -> None:
    fake = SCORES.clone().requires_grad_()
    loss = total(NonSaturating().generator(best(0.5, contest(SCORES, fake))).minimised)
    torch.testing.assert_close(loss, torch.nn.functional.softplus(-SCORES[[0, 2]]).mean())
    loss.backward()
    assert present(fake.grad).ne(0).tolist() == [True, False, True, False]


def test_all_of_them_are_the_loss_itself() -> None:
    met = contest(SCORES, SCORES)
    assert best(1.0, met) is met
    assert best(0.1, met, epochs=0.0) is met


def test_pairs_stay_pairs() -> None:
    """A relativistic loss compares a fake with the real sample of its own place."""
    real, fake = torch.tensor([10.0, 20.0, 30.0, 40.0]), SCORES
    chosen = best(0.5, contest(real, fake))
    assert chosen.on_real is not None
    assert chosen.on_real.score.flatten().tolist() == [10.0, 30.0]
    expected = torch.nn.functional.softplus(real - fake)[[0, 2]].mean()
    torch.testing.assert_close(total(Relativistic().generator(chosen).minimised), expected)


@pytest.mark.parametrize(("epochs", "kept"), [(0.0, 100), (0.5, 100), (1.0, 99), (10.0, 91), (69.0, 50), (1000.0, 50)])
def test_k_shrinks_with_each_epoch_down_to_the_share(epochs: float, kept: int) -> None:
    assert TopK(share=0.5, decay=0.99).kept(100, epochs) == kept
    assert TopK(share=0.5, decay=0.99).kept(1, epochs) == 1


def test_a_class_critic_ranks_a_fake_by_the_score_of_its_own_class() -> None:
    scores, component = torch.tensor([[9.0, 1.0, 0.0], [0.0, 2.0, 5.0]]), torch.tensor([1, 7])  # class 1, of 3 and of 2
    for loss in (ClassBCE(num_classes=3), ClassConditional(num_classes=3, of=Wasserstein())):
        assert loss.realness(scores, component).tolist() == [1.0, 2.0]
    auxiliary = ClassAuxiliary(num_classes=2, critic_weight=1.0, generator_weight=0.1)
    assert auxiliary.realness(scores, component).tolist() == [9.0, 0.0]
    softmax = ClassSoftmax(num_classes=2).realness(scores, component)
    torch.testing.assert_close(softmax, scores.softmax(1)[:, 1].log())


def test_training_follows_the_images_seen(build_model: Any) -> None:
    """In the generator's turn alone; penalties see all fakes."""
    model = build_model(
        "model=gan", "penalty=[pull_away]", "data=ring", "model.top_k.share=0.25", "model.top_k.decay=1e-9"
    )
    judged: list[int] = []
    penalised: list[int] = []

    def noting(sizes: list[int], size: Callable[..., int], function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any) -> Any:
            sizes.append(size(*arguments))
            return function(*arguments)

        return noted

    generator, forward = model.loss.generator, model.penalties["pull_away"].forward
    model.loss.generator = noting(judged, lambda met: len(met.on_fake.score), generator)
    model.penalties["pull_away"].forward = noting(penalised, lambda _, met: len(met.fake), forward)
    critic = model.loss.critic
    model.loss.critic = noting(judged, lambda met: -len(met.on_fake.score), critic)
    fit(model, rounds=40)
    assert judged[:2] == [-64, 64]  # nothing seen yet: decay^0 = 1
    assert judged[-2:] == [-64, 23]  # ceil(64 * 1e-9^(39 * 64 / 50,000))
    assert set(penalised) == {64}


@pytest.mark.parametrize("options", [["model.top_k.share=0"], ["model.top_k.share=1.5"], ["model.top_k.decay=0"]])
def test_refused(build_model: Any, options: list[str]) -> None:
    with pytest.raises(GanLabError, match="must be a number above 0, at most 1"):
        build_model("model=gan", *options)
