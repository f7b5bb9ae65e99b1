"""Each finding on both sides of its threshold, on made-up runs, and none where a column is missing."""

from dataclasses import replace

import numpy as np
import pytest

from gan_lab.doctor import thresholds as at
from gan_lab.doctor.command_to_try import command_to_try
from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.examination import SIGNS, examined
from gan_lab.runs.curves import Metrics
from tests.doctor.made import FLOOR, GOOD, LINES, curves, finished, trained
from tests.fixtures import Compose

GRADIENT = "parameter_gradient_norm"


def falling(last: float) -> Evidence:
    """Ten evaluations, of which the last third falls from 20 to this value."""
    fid = np.full(LINES, np.nan)
    fid[9::10] = [*np.linspace(90, 20, 7), *np.linspace(20, last, 4)[1:]]
    return replace(finished(fid=last), metrics=Metrics(curves().clocks, {"fid": fid}))


def with_interval(width: float) -> Evidence:
    run = finished(fid=10.0)
    return replace(run, summary={**run.summary, "intervals": {"best": {"fid": [10 - width / 2, 10 + width / 2]}}})


def norm_and_batch(size: int, processes: int = 1) -> Evidence:
    config = {"model": {"generator": {"norm": "batch"}, "critic": {"norm": "none"}}, "data": {"batch_size": size}}
    return Evidence(config, {"machine": {"processes": processes}})


CASES = {
    "critic dead": (
        trained(critic__score_real=[3.0, 2.0], critic__score_fake=[3.0, 2.0 - 1e-6]),
        trained(critic__score_real=[3.0, 2.0], critic__score_fake=[3.0, 2.0 - 1e-3]),
    ),
    "critic saturated": (
        trained(**{f"critic__{GRADIENT}": [1.0, *[1e-3] * 9], "critic__accuracy": [1.0]}),
        trained(**{f"critic__{GRADIENT}": [1.0, *[0.1] * 9], "critic__accuracy": [1.0]}),
    ),
    "gradient vanished": (
        trained(**{f"generator__{GRADIENT}": [1.0, *[0.01] * 9]}),
        trained(**{f"generator__{GRADIENT}": [1.0, *[0.2] * 9]}),
    ),
    "loss exploded": (
        trained(critic__loss=[-1.0, *[-100.0] * 9]),
        trained(critic__loss=[-1.0, *[-20.0] * 9]),
    ),
    "weights clipped": (trained(critic__clipped_share=[0.0, 0.3, 0.3]), trained(critic__clipped_share=[0.3, 0.1, 0.1])),
    "batch statistics": (norm_and_batch(16, processes=4), norm_and_batch(16, processes=2)),
    "images alike": (finished(class_diversity=0.4), finished(class_diversity=0.6)),
    "class missing": (finished(class_least_share=0.007), finished(class_least_share=0.009)),
    "samples unrealistic": (finished(precision_k3=0.08), finished(precision_k3=0.1)),
    "recall gone": (finished(recall_k3=0.19), finished(recall_k3=0.21)),
    "memorising": (
        finished(authenticity=0.4, data_copying=-5.0),
        finished(authenticity=0.5, data_copying=-5.0),
    ),
    "average behind": (
        finished(rows={"raw": {"fid": 5.0}}, fid=8.0),
        finished(rows={"raw": {"fid": 5.0}}, fid=7.0),
    ),
    "measure noisy": (with_interval(6.0), with_interval(4.0)),
    "still falling": (falling(17.0), falling(18.5)),
}


def names(run: Evidence) -> list[str]:
    return [found.name for found in examined(run)]


@pytest.mark.parametrize("name", CASES)
def test_a_finding_is_there_beyond_its_threshold_alone(name: str) -> None:
    beyond, within = CASES[name]
    assert names(beyond) == [name]
    assert names(within) == []
    (found,) = examined(beyond)
    assert f"{found.figure:.3g}, threshold {found.threshold:.3g}" in found.evidence
    assert found.tries or not beyond.config


def test_every_sign_has_a_case() -> None:
    assert len(CASES) == len(SIGNS)


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_found_where_a_column_is_missing(name: str) -> None:
    """Whatever column, measure or setting a finding rests on, without it there is none and no error."""
    run = CASES[name][0]
    for column in run.metrics.columns:
        kept = {other: values for other, values in run.metrics.columns.items() if other != column}
        assert name not in names(replace(run, metrics=Metrics(run.metrics.clocks, kept)))
    assert names(replace(run, config={}, summary={}, metrics=Metrics())) == []


def test_an_encoders_gradient_is_not_the_generators() -> None:
    """The optimizer of the generator trains both, and only the encoder's falls."""
    together = [(9 + of_encoder**2) ** 0.5 for of_encoder in (100.0, *[1.0] * 9)]
    encoder = {"generator__encoder_gradient_norm": [100.0, *[1.0] * 9]}
    run = trained(**{f"generator__{GRADIENT}": together}, **encoder)
    assert run.gradient("generator") == pytest.approx([3.0] * 10)
    assert names(run) == []


def test_a_curve_of_few_lines_is_not_judged() -> None:
    run = CASES["weights clipped"][0]
    few = {name: values[-at.LEAST_LINES + 1 :] for name, values in run.metrics.columns.items()}
    assert names(replace(run, metrics=Metrics(run.metrics.clocks, few))) == []


def test_norms_of_layers_stand_for_the_norm_of_all_weights() -> None:
    """3 and 4 are 5 together, which falls to .05, a hundredth."""
    three, four = [3.0, *[0.03] * 9], [4.0, *[0.04] * 9]
    run = trained(**{f"generator__{GRADIENT}_layer_1": three, f"generator__{GRADIENT}_layer_2": four})
    assert run.gradient("generator")[-1] == pytest.approx(0.05)
    assert names(run) == ["gradient vanished"]


def test_a_critic_without_a_gradient_that_errs_is_not_saturated() -> None:
    assert names(trained(**{f"critic__{GRADIENT}": [1.0, *[1e-3] * 9], "critic__accuracy": [0.5]})) == []


def test_a_wasserstein_critic_does_not_saturate() -> None:
    """Clipping makes its gradient small after the first line."""
    columns = {f"critic__{GRADIENT}": [1.0, *[1e-3] * 9], "critic__accuracy": [1.0]}
    assert names(trained(**columns, critic__wasserstein_estimate=[0.1])) == []


def test_a_loss_that_is_vast_from_the_first_line_on_exploded() -> None:
    assert names(trained(critic__loss=[-5000.0, 4000.0])) == ["loss exploded"]
    assert names(trained(critic__loss=[-500.0, 400.0])) == []


def test_a_run_that_stopped_at_a_value_that_is_not_finite_exploded() -> None:
    reason = "the term critic/real is not finite in generator step 7: the run stops"
    (found,) = examined(Evidence({}, {"status": "failed", "reason": reason}))
    assert (found.name, found.evidence) == ("loss exploded", reason)


def test_samples_of_a_young_run_are_not_judged() -> None:
    """No sample is like a digit yet and FID falls, so nothing follows from their classes; where FID rises, it does."""
    young = finished(precision_k3=0.2, class_diversity=0.0, class_least_share=0.0, recall_k3=0.0)
    assert names(young) == []
    worse = {**young.summary, "measures": {**young.summary["measures"], "best": GOOD | {"fid": 3.0}}}
    assert names(replace(young, summary=worse)) == ["images alike", "class missing"]
    begun = {"status": "running", "monitor": "fid", "length": 100, "measures": {"latest": GOOD | {"recall_k3": 0.1}}}
    assert names(Evidence({}, {**begun, "generator_steps": 40})) == []
    assert names(Evidence({}, {**begun, "generator_steps": 60})) == ["recall gone"]


def test_equal_samples_are_alike_at_any_time() -> None:
    run = finished(precision_k3=0.2, duplicates=0.06)
    assert names(run) == ["images alike"]


def test_high_precision_without_coverage_is_collapse() -> None:
    assert names(finished(coverage_k5=0.15)) == ["images alike"]
    assert names(finished(coverage_k5=0.15, precision_k3=0.6)) == []


def test_a_component_without_a_sample_is_missing() -> None:
    floor = {"high_quality_share": 1.0, "modes_covered": 8.0, "emd": 0.1}
    for modes, found in ((7.0, ["class missing"]), (8.0, [])):
        last = {"high_quality_share": 0.9, "modes_covered": modes, "emd": 0.2}
        rows = {"best": last, "last": last, "raw": last, "floor": floor}
        assert names(Evidence({}, {"status": "finished", "monitor": "emd", "measures": rows})) == found


def test_chance_misses_no_class() -> None:
    """Where a class has 26 samples on average, or a component 4, one more or less is no finding."""
    for samples, found in ((10_000, ["class missing"]), (300, [])):
        rare = finished(class_least_share=0.007)
        points = {"high_quality_share": 0.9, "modes_covered": 23.0, "emd": 0.1}
        rows = {"last": points, "best": points, "floor": points | {"modes_covered": 25.0}}
        for summary in (rare.summary, {"status": "finished", "monitor": "emd", "measures": rows}):
            assert names(Evidence({}, {**summary, "protocol": {"samples": samples}})) == found


def test_precision_is_not_judged_where_real_images_have_none() -> None:
    """By a random network, colour patches have .07."""
    floor = FLOOR | {"precision_k3": 0.07}
    assert names(finished(rows={"floor": floor}, precision_k3=0.06, recall_k3=0.1, coverage_k5=0.05)) == []
    assert names(finished(rows={"floor": floor}, precision_k3=0.001)) == []


def test_a_generator_that_still_learns_is_not_unrealistic() -> None:
    """Its samples are not real yet, and FID falls."""
    for last, found in ((17.0, ["still falling"]), (19.9, ["samples unrealistic"])):
        run = falling(last)
        rows = {**run.summary["measures"], "last": GOOD | {"fid": last, "precision_k3": 0.05}}
        assert names(replace(run, summary={**run.summary, "measures": rows})) == found


def test_a_run_of_few_steps_is_not_unrealistic() -> None:
    run = finished(precision_k3=0.05)
    for steps, found in ((999, []), (1000, ["samples unrealistic"])):
        assert names(replace(run, summary={**run.summary, "generator_steps": steps, "length": steps})) == found


def test_copying_alone_is_not_memorising() -> None:
    assert names(finished(data_copying=-20.0)) == []


def test_authenticity_decides_alone_where_training_images_are_too_few_for_the_other_measure() -> None:
    few = {name: value for name, value in GOOD.items() if name != "data_copying"}
    for authenticity, found in ((0.4, ["memorising"]), (0.5, [])):
        assert names(finished(rows={"last": few | {"authenticity": authenticity}})) == found


def test_ratios_do_not_hang_on_the_extractor() -> None:
    """Another extractor has other floors; the same multiples of them have the same findings."""
    for factor in (0.6, 1.0, 3.0):
        floor = {name: factor * value for name, value in FLOOR.items()}
        for share, found in ((0.2, ["recall gone"]), (0.9, [])):
            last = {name: factor * GOOD[name] for name in FLOOR} | {"recall_k3": share * floor["recall_k3"]}
            rows = {"best": last, "last": last, "raw": last, "floor": floor}
            assert names(finished(rows=rows)) == found


@pytest.mark.parametrize("name", ["images alike", "loss exploded", "gradient vanished"])
def test_nothing_is_said_of_the_critic_of_a_model_without_one(name: str, composed: Compose) -> None:
    """Neither in the sentence nor in the command, whatever the curves say; flow matching has no critic."""
    own = ["model=flow_matching", "data=ring"]
    run = replace(CASES[name][0], config=composed(*own) | {"overrides": own})
    for found in examined(run):
        assert "critic" not in found.sentence
        command = command_to_try(found, run)
        assert command
        assert not {word for word in ("penalty", "critic", "packing", "constraints") if word in command}
        assert name != "gradient vanished", "it gets small where the generator has learnt its own loss"
