"""What is said of samplers, precision and recall follows from the files of those studies."""

import json
from pathlib import Path

from gan_lab.reference.sampler_answers import FILTERS, consistent, rejection, sampler_kinds, samplers
from gan_lab.reference.sampler_verdicts import SamplerVerdicts, settings_at
from tests.reference.made import setting, table, write_samplers


def test_a_setting_helps_where_the_paired_test_says_so(tmp_path: Path) -> None:
    rows = [
        *(setting("direct", 30.0), setting("sir", 25.0), setting("dot", 29.9), setting("batch_inception_score", 35.0)),
        *(setting("latent_reweighting", 20.0), setting("latent_ascent", 29.9)),
        *(setting("ddls", 45.0), setting("ddls sampler.eps=0.05", 33.0), setting("drs", 1.0, n=10_000)),
    ]
    points = {"sampler": "direct", "n": 2000, "seeds": [1], "measures": {"high_quality": 1.0}}
    write_samplers(tmp_path, "gan", *rows)
    write_samplers(tmp_path, "grid", points)
    t = table(reference=tmp_path)
    said = samplers(t)
    assert "`gan` 30.0 ± 2.0 and **20.0** (0.50 / 0.25) with `latent_reweighting`." in said
    assert "Holm's correction over all 7 settings on this page)" in said
    assert said.endswith("Settings that lower and raise FID: 2 and 3 of 7 for `gan`.")
    assert sampler_kinds(t).endswith("`gan` 30.0, 33.0, 35.0, 20.0.")


def test_common_ups_and_downs_of_the_seeds_do_not_hide_what_a_setting_does(tmp_path: Path) -> None:
    ups = [20.0, 40.0, 30.0, 25.0, 35.0]
    plain = setting("direct", 30.0, seeds=5) | {"runs": {"fid": ups}}
    better = setting("dot", 29.0, seeds=5) | {"runs": {"fid": [0.95 * up + 0.02 * n for n, up in enumerate(ups)]}}
    write_samplers(tmp_path, "gan", plain, better)
    t = table(reference=tmp_path)
    [of] = settings_at(t)
    assert SamplerVerdicts(t).effect(of, "dot") == "it lowers FID of `gan` (30.0 without, 29.0 with it)"


def test_validation_images_choose_and_test_images_report(tmp_path: Path) -> None:
    rows = [setting("direct", 30.0), setting("ddls", 20.0), setting("ddls sampler.eps=0.05", 25.0)]
    rows += [setting(row["sampler"], fid, split="validation") for row, fid in zip(rows, (30, 9, 8), strict=True)]
    write_samplers(tmp_path, "gan", *rows)
    said = samplers(table(reference=tmp_path))
    assert "setting, which was chosen on validation images: `gan` 30.0 ± 2.0 and **25.0**" in said
    write_samplers(tmp_path, "gan", *rows[:3])
    said = samplers(table(reference=tmp_path))
    assert "chosen on the same images and so looks better than it is: `gan` 30.0 ± 2.0 and **20.0**" in said


def test_means_without_values_by_seed_get_no_verdict(tmp_path: Path) -> None:
    rows = [setting("direct", 30.0), setting("dot", 3.0)]
    for row in rows:
        del row["runs"], row["split"]
    write_samplers(tmp_path, "gan", *rows)
    t = table(reference=tmp_path)
    assert "Which settings help `gan` is not decided" in samplers(t)
    assert "lower" not in samplers(t)
    [of] = settings_at(t)
    assert SamplerVerdicts(t).effect(of, "dot") == "there is no verdict for `gan` (30.0 without, 3.0 with it)"


def test_other_sampling_seeds_are_no_pairs(tmp_path: Path) -> None:
    write_samplers(tmp_path, "gan", setting("direct", 30.0), setting("dot", 3.0, seeds=9))
    t = table(reference=tmp_path)
    [of] = settings_at(t)
    assert of.pair("dot") is None


def test_rejection_is_judged_for_each_number_of_samples(tmp_path: Path) -> None:
    fids = {100: (60.0, 59.9, 50.0), 1_000: (30.0, 27.0, 24.0), 10_000: (29.0, 20.0, 35.0)}
    names = ("direct", *FILTERS)
    rows = [setting(name, fid, n) for n, three in fids.items() for name, fid in zip(names, three, strict=True)]
    write_samplers(tmp_path, "wgan_gp", *rows, setting("direct", 1.0, 10_000, seeds=1))
    said = rejection(table(reference=tmp_path))
    assert "With 100 samples, it is inconclusive, the FID of `batch_inception_score" in said
    assert "and it lowers FID of `wgan_gp` (60.0 without, 50.0 with it); with 1,000 samples, it lowers" in said
    assert "it raises FID of `wgan_gp` (29.0 without, 35.0 with it). FID of `wgan_gp` without the filter" in said
    assert "60.0 ± 2.0, 59.9, 50.0 with 100 samples; 30.0 ± 2.0, 27.0, 24.0 with 1,000 samples" in said
    assert "FID falls by 30.0 without" in said


def test_precision_and_recall_are_repeated_and_measured_otherwise(tmp_path: Path) -> None:
    by_seed = [setting("direct", 30.0, n=n) for n in (2000, 10_000)]
    recall = by_seed[0]["spread"] | {"recall_k3": 0.04}
    other = [setting("direct", 20.0, spread=recall), setting("direct", 20.0, n=10_000, seeds=1, spread=recall)]
    results = [
        {"extractor": extractor, "n": n, "samples": samples}
        | {f"precision_k{k}": at + k / 100 for k in (1, 3, 10)}
        | {f"recall_k{k}": at / 2 + k / 100 for k in (1, 3, 10)}
        for extractor, n, samples, at in (
            *(("mnistcnn-v1", 10_000, "generated", 0.4), ("mnistcnn-v1", 10_000, "real", 0.9)),
            *(("mnistcnn-v1", 1_000, "generated", 0.5), ("pixels", 10_000, "generated", 0.6)),
            ("random-v1", 10_000, "generated", 0.7),
        )
    ]
    for name, found in (
        ("samplers", {"gan": {"rows": by_seed}, "wgan_gp": {"rows": other}}),
        ("sensitivity", {"results": results}),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.json").write_text(json.dumps(found))
    said = consistent(table(reference=tmp_path))
    assert "deviation is 0.010 / 0.020 with 10,000 samples and 0.010 / 0.030 with 2,000" in said
    assert "has 0.41 / 0.21 at k = 1, 0.43 / 0.23 at k = 3, 0.50 / 0.30 at k = 10 with 10,000" in said
    assert "0.53 / 0.28 at k = 3 with 1,000" in said
    assert "0.63 / 0.33 on pixels and 0.73 / 0.38 on features of an untrained network" in said
