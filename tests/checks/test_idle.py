"""Options that another one makes idle, and options that contradict each other."""

from typing import Any

import pytest

from gan_lab.checks.idle import RULES, Idle, refuse_idle
from gan_lab.checks.source import source_signature
from gan_lab.checks.training import check_training
from gan_lab.config.compose import composition
from gan_lab.errors import GanLabError

DRS = {"_target_": "gan_lab.sampler.drs.DRS", "gamma": 0.0, "target_acceptance": None, "calibration": "platt"}
DDLS = {
    **{"_target_": "gan_lab.sampler.ddls.DDLS", "mala": False, "schedule": "constant", "eps_min": None, "eps": 0.1},
    **{"calibration": "platt"},
}


@pytest.mark.parametrize("target", RULES)
def test_rules_are_of_options_that_there_are(target: str) -> None:
    signature = source_signature(target)
    assert signature is not None
    both = {"rows", "columns", "points"}  # of pictures of images, or of points
    for rule in RULES[target]:
        assert not isinstance(rule, Idle) or rule.option in signature.hints.keys() | both


@pytest.mark.parametrize(
    ("idle", "because"),
    [
        (("model=gan", "model.top_k.decay=0.9"), "model.top_k.share is 1, which keeps all fakes"),
        (
            ("model=gmgan_unsupervised", "model.prior.learning_rate=0.1"),
            "model.prior.trainable is false, so that the mixture is fixed",
        ),
        (("callbacks.image_samples.times=0", "callbacks.image_samples.rows=3"), "callbacks.image_samples.times is 0"),
    ],
)
def test_what_another_option_makes_idle_is_refused_with_the_reason(idle: tuple[str, ...], because: str) -> None:
    with pytest.raises(GanLabError) as refused:
        check_training(composition("config", idle), idle)
    assert str(refused.value) == f"{idle[-1]} does nothing here, since {because}"


def test_what_is_used_and_what_the_yaml_sets_pass() -> None:
    for overrides in (
        ("model=gan", "model.top_k.decay=0.9", "model.top_k.share=0.5"),
        ("model=gmgan_unsupervised", "model.prior.spread=0", "seed=3"),
        ("model=cgan_wgan_gp", "model.critic.projection=false"),
    ):
        check_training(composition("config", overrides), overrides)
    search = ("model=gan", "model.top_k.decay=0.9")
    check_training(composition("config", search), search, search=True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (DRS | {"gamma": 1.0, "target_acceptance": 0.3}, "^sampler has both gamma and target_acceptance"),
        (
            DRS | {"calibration": "none", "proposal": {"_target_": "gan_lab.sampler.truncated.Truncated"}},
            "calibration that is defined for samples of the plain generator",
        ),
        (DDLS | {"schedule": "cosine"}, "^sampler has only one of schedule=cosine and eps_min"),
        (DDLS | {"schedule": "cosine", "eps_min": 0.01, "mala": True}, "mala=true, which finds eps by itself"),
        (DDLS | {"schedule": "cosine", "eps_min": 0.2}, "must have an eps_min of at most eps"),
        (DDLS | {"calibration": "isotonic"}, "has calibration=isotonic, whose steps have no gradient"),
        ({"_target_": "gan_lab.network.mlp.MLPCritic", "outputs": 1, "projection": True}, "a score for each class"),
        (
            {"_target_": "gan_lab.sampler.confidence.Confidence", "threshold": 0.1, "quantile": 0.5},
            "needs either threshold or quantile",
        ),
        (
            {"_target_": "gan_lab.prior.info_codes.InfoCodes", "continuous": 3, "dim": 2},
            "more continuous codes than dim",
        ),
        (
            {
                "_target_": "gan_lab.loss.kernel_discrepancy.KernelDiscrepancy",
                "kernel": "distance",
                "shapes": [1.0, 2.0],
            },
            "powers of a distance below 2",
        ),
        ({"_target_": "gan_lab.loss.least_squares.LeastSquares", "fake_label": 1.0}, "fake_label below real_label"),
    ],
)
def test_a_contradiction_is_refused_wherever_it_comes_from(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        refuse_idle({"of": [options]}, "x", {}, lambda path: path.replace("x.of[0]", "sampler"))
