"""What is said of samplers, precision and recall follows from the files of those studies."""

import json
from pathlib import Path
from typing import Any

from gan_lab.reference.sampler_answers import FILTER, consistent, rejection, sampler_kinds, samplers
from tests.reference.made import table


def sampled(sampler: str, fid: float, n: int = 2000, seeds: int = 3, **spread: float) -> dict[str, Any]:
    deviations = {"fid": 2.0, "precision_k3": 0.01, "recall_k3": 0.02} | spread
    measures = {"fid": fid, "precision_k3": 0.5, "recall_k3": 0.25}
    return {"sampler": sampler, "n": n, "seeds": [*range(seeds)], "measures": measures, "spread": deviations}


def test_samplers_help_where_they_gain_more_than_the_noise(tmp_path: Path) -> None:
    rows = [
        *(sampled("direct", 30.0), sampled("sir", 27.5), sampled("dot", 28.5), sampled("batch_inception_score", 31.0)),
        *(sampled("latent_reweighting", 26.9), sampled("latent_ascent", 29.0)),
        *(sampled("ddls", 35.0), sampled("ddls sampler.eps=0.05", 33.0), sampled("drs", 1.0, n=10_000)),
    ]
    points = {"sampler": "direct", "n": 2000, "seeds": [1], "measures": {"high_quality": 1.0}}
    (tmp_path / "samplers").mkdir()
    file = tmp_path / "samplers" / "samplers.json"
    file.write_text(json.dumps({"gan": {"rows": rows}, "grid": {"rows": [points]}}))
    t = table(reference=tmp_path)
    said = samplers(t)
    assert "`gan` 30.0 ± 2.0 and **26.9** (0.50 / 0.25) with `latent_reweighting`." in said
    assert "that help: 2 of 7 for `gan`." in said
    assert sampler_kinds(t).endswith("`gan` 30.0, 33.0, 31.0, 26.9.")


def test_rejection_is_judged_for_each_number_of_samples(tmp_path: Path) -> None:
    fids = {100: (60.0, 59.0, 57.0), 1_000: (30.0, 27.0, 26.0), 10_000: (29.0, 20.0, 31.0)}
    names = ("direct", *(f"{FILTER} sampler.quantile={rejected}" for rejected in (0.59, 0.72)))
    rows = [sampled(name, fid, n) for n, three in fids.items() for name, fid in zip(names, three, strict=True)]
    one_seed = sampled("direct", 1.0, 10_000, seeds=1)
    (tmp_path / "samplers").mkdir()
    (tmp_path / "samplers" / "samplers.json").write_text(json.dumps({"wgan_gp": {"rows": [*rows, one_seed]}}))
    said = rejection(table(reference=tmp_path))
    assert "seeds: with 100 samples, no; with 1,000 samples, yes; with 10,000 samples, no. FID" in said
    assert "60.0 ± 2.0, 59.0, 57.0 with 100 samples; 30.0 ± 2.0, 27.0, 26.0 with 1,000 samples" in said
    assert "FID falls by 30.0 without" in said


def test_precision_and_recall_are_repeated_and_measured_otherwise(tmp_path: Path) -> None:
    by_seed = [sampled("direct", 30.0, n=n) for n in (2000, 10_000)]
    other = [sampled("direct", 20.0, n=2000, recall_k3=0.04), sampled("direct", 20.0, n=10_000, seeds=1, recall_k3=9.0)]
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
