"""Augmentation in a game: what is changed, how often, how the strength follows the critic, and what is refused."""

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from torch import Tensor

from gan_lab.augment.adaptive import AdaptiveAugment
from gan_lab.augment.diffaugment import DiffAugment
from gan_lab.errors import GanLabError
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch, Contest, CriticOutput, Latent
from tests.fixtures import BuildModel

SMALL = ("model=gan", "data.shape=[1,8,8]", "model.generator.hidden=[16]", "model.critic.hidden=[16]")


def noise(*key: int) -> IndexedNoise:
    return IndexedNoise(("test", *key), torch.device("cpu"))


@pytest.mark.parametrize("p", [0.3, 1.0])
def test_p_is_the_share_of_images_that_are_changed(p: float) -> None:
    x = torch.rand(4000, 1, 8, 8)
    y = DiffAugment(operations=("colour",), p=p)(x, noise())
    assert (y != x).flatten(1).any(1).float().mean().item() == pytest.approx(p, abs=0.03)
    assert torch.equal(AdaptiveAugment(operations=("colour", "cutout"))(x, noise()), x), "at first, p is 0"


def test_processes_that_share_a_batch_change_it_as_one_does() -> None:
    x, augment = torch.randn(8, 1, 8, 8), DiffAugment(operations=("colour", "translation", "cutout"), p=0.5)
    halves = [
        augment(x[4 * rank : 4 * rank + 4], IndexedNoise(("test",), torch.device("cpu"), rank, 2)) for rank in (0, 1)
    ]
    assert torch.equal(torch.cat(halves), augment(x, noise()))


def test_both_players_meet_changed_reals_and_fakes(build_model: BuildModel) -> None:
    model = build_model(*SMALL, "augment=diffaugment", "model.augment.operations=[cutout]")
    reals = Batch(torch.ones(16, 1, 8, 8))
    for contest in (model.critic_contest(reals), model.generator_contest(reals)):
        holes = (contest.fake == 0).flatten(1).sum(1)
        assert holes.min() > 0
        torch.testing.assert_close(contest.on_fake.score, model.critic(contest.fake).score)
    real = model.critic_contest(reals).real
    assert real is not None
    assert ((real == 0).flatten(1).sum(1) > 0).all()
    contest = model.generator_contest(reals)
    (gradient,) = torch.autograd.grad(contest.on_fake.score.sum(), contest.fake, retain_graph=True)
    weight = next(model.generator.parameters())
    (of_weight,) = torch.autograd.grad(contest.on_fake.score.sum(), weight)
    assert gradient.abs().sum() > 0
    assert of_weight.abs().sum() > 0


def test_reals_and_fakes_are_changed_by_numbers_of_their_own(build_model: BuildModel) -> None:
    """The generator makes the very images that the reals are, and the critic gets different ones."""
    model = build_model(*SMALL, "augment=diffaugment", "model.augment.operations=[colour]")
    reals = torch.rand(16, 1, 8, 8)
    changed = model.meet(reals, Latent(torch.zeros(16, 1)), noise(), Batch(reals))
    assert changed.real is not None
    assert ((changed.real - changed.fake).abs().flatten(1).amax(1) > 1e-3).all()


def test_gradients_of_a_mix_of_changed_and_unchanged_images() -> None:
    """Finite differences, with the same numbers for each of them."""
    augment = DiffAugment(operations=("colour", "translation", "cutout"), p=0.3)
    x = torch.rand(6, 1, 8, 8, dtype=torch.double, requires_grad=True)
    changed = (augment(x, noise()) != x).flatten(1).any(1)
    assert 0 < changed.sum() < 6
    assert torch.autograd.gradcheck(lambda some: augment(some, noise()), (x,), fast_mode=True)


def contest(scores: Tensor) -> Contest:
    of = CriticOutput(scores[:, None], scores[:, None])
    return Contest(scores, of, Latent(scores[:, None]), noise(), scores, of)


def test_the_strength_rises_while_the_critic_is_sure_and_falls_when_it_is_not() -> None:
    """With a memory of one batch r is that of the batch; 100 of 1,000 images move p by a tenth."""
    augment, loss = AdaptiveAugment(operations=("colour",), images=1000, memory=100), NonSaturating()
    sure, unsure = torch.ones(100), torch.cat([torch.ones(75), -torch.ones(25)])  # r = 1 and r = .5, the target is .6
    told = [augment.observe(loss, contest(sure)) for _ in range(12)]
    assert [one["augmentation"].item() for one in told] == pytest.approx([min(1, k / 10) for k in range(1, 13)])
    assert told[0]["sign_of_reals"].item() == 1
    assert augment.observe(loss, contest(unsure))["augmentation"].item() == pytest.approx(0.9)


def test_the_sign_is_a_running_mean_over_the_memory() -> None:
    augment = AdaptiveAugment(operations=("colour",), images=1000, memory=400)
    signs = [augment.observe(NonSaturating(), contest(torch.ones(100)))["sign_of_reals"].item() for _ in range(3)]
    assert signs == pytest.approx([1 - 0.75**k for k in (1, 2, 3)])


def test_of_packs_the_images_are_counted() -> None:
    """Fifty packs of two images move p by a tenth of 1,000 images, and r by a quarter of 400."""
    augment, packs = AdaptiveAugment(operations=("colour",), images=1000, memory=400), contest(torch.ones(50))
    packs.latent = Latent(torch.zeros(100, 1))
    for _ in range(2):
        told = augment.observe(NonSaturating(), packs)
    assert told["sign_of_reals"].item() == pytest.approx(1 - 0.75**2)
    assert augment.get_buffer("p").item() == pytest.approx(0.0)
    for _ in range(3):
        told = augment.observe(NonSaturating(), packs)
    assert told["augmentation"].item() == pytest.approx(0.2)


def observed(rank: int, folder: Path, answers: Any) -> None:
    """Joins a group of two and answers with what this process learnt of its half of a batch."""
    dist.init_process_group("gloo", f"file://{folder}/group", rank=rank, world_size=2)
    augment = AdaptiveAugment(operations=("colour",), images=1000, memory=100)
    mine = contest(torch.ones(50) if rank == 0 else torch.cat([torch.ones(35), -torch.ones(15)]))
    mine.noise = IndexedNoise(("test",), torch.device("cpu"), rank, 2)
    told = augment.observe(NonSaturating(), mine)
    answers.put({name: value.item() for name, value in told.items()})
    dist.destroy_process_group()


def test_processes_that_share_a_batch_learn_its_sign(tmp_path: Path) -> None:
    """Of 100 reals 85 are positive, r = .7, so p rises, though r = .4 in the second half."""
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    processes = [fork.Process(target=observed, args=(rank, tmp_path, answers)) for rank in (0, 1)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    assert found == [{"augmentation": pytest.approx(0.1), "sign_of_reals": pytest.approx(0.7)}] * 2


def test_the_strength_is_part_of_the_models_state(build_model: BuildModel) -> None:
    state = build_model(*SMALL, "augment=adaptive").state_dict()
    assert {"augment.p", "augment.sign"} <= state.keys()


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (("model=gan", "data=ring", "network=mlp_2d", "augment=diffaugment"), "use augment=none"),
        (("model=wgan_gp", "augment=adaptive"), "no log-ratios: use augment=diffaugment"),
        (("model=gan", "augment=diffaugment", "model.augment.p=1.5"), "above 0, at most 1"),
        (("model=gan", "augment=diffaugment", "model.augment.operations=[]"), "one or more of colour"),
        (("model=gan", "augment=diffaugment", "model.augment.operations=[flip]"), "operations"),
    ],
)
def test_what_cannot_be_is_refused(build_model: Any, overrides: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        build_model(*overrides)
