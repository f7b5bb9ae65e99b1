"""Answers to the documents' claims about samplers and about precision and recall, from the files of those studies."""

from collections.abc import Iterator
from statistics import mean

from gan_lab.reference.answer_table import BOTH, Table
from gan_lab.reference.published import Record

N = 2_000
"""The number of samples at which every sampler was measured with three seeds."""
FILTER = "batch_inception_score sampler.images_per_batch=100"


def samplers(t: Table) -> str:
    """Returns in words how many samplers improve on the plain generator, by means over the same sampling seeds.

    A sampler improves FID if it lowers it by more than the plain generator's standard deviation over those seeds.
    """
    found, counts = [], []
    for name, plain, noise, rows in by_model(t):
        fids = {sampler: measures["fid"] for sampler, measures in rows.items()}
        best = min(fids, key=fids.__getitem__)
        found.append(f"`{name}` {plain:.1f} ± {noise:.1f} and {said(rows[best])} with `{best}`")
        counts.append(f"{sum(plain - fid > noise for fid in fids.values())} of {len(fids)} for `{name}`")
    return (
        f"**Do samplers help?** FID of {N:,} samples without a sampler and with the best setting: {'; '.join(found)}. "
        "A setting helps if it lowers this FID by more than its standard deviation over three sampling seeds. Settings "
        f"that help: {', '.join(counts)}."
    )


def sampler_kinds(t: Table) -> str:
    """Returns in words the results of the samplers that the documents propose."""
    parts = []
    for name, plain, _, rows in by_model(t):
        ddls = min(measures["fid"] for sampler, measures in rows.items() if sampler.startswith("ddls"))
        batches = rows["batch_inception_score"]["fid"]
        weights = min(measures["fid"] for sampler, measures in rows.items() if sampler.startswith("latent_"))
        parts.append(f"`{name}` {plain:.1f}, {ddls:.1f}, {batches:.1f}, {weights:.1f}")
    return (
        f"**Do the samplers that the documents propose help?** FID of {N:,} samples without a sampler, with DDLS at "
        "its best setting, with rejection of batches by their Inception score, and with latent reweighting or ascent "
        f"at its best setting: {'; '.join(parts)}."
    )


def rejection(t: Table) -> str:
    """Returns in words what rejection of batches of 100 images does to the FID of WGAN-GP, by number of samples."""
    found = filtered(t)
    verdicts = "; ".join(
        f"with {n:,} samples, {'yes' if all(plain - fid > noise for fid in fids) else 'no'}"
        for n, (plain, noise, fids) in found.items()
    )
    listed = "; ".join(
        f"{plain:.1f} ± {noise:.1f}, {', '.join(f'{fid:.1f}' for fid in fids)} with {n:,} samples"
        for n, (plain, noise, fids) in found.items()
    )
    return (
        "**Does rejection of batches by their Inception score lower FID (document 003: from 64.2 to 62.2 and 59.9 with "
        f"100 samples, to 24.4 with 1,000)?** By more than the standard deviation over sampling seeds: {verdicts}. FID "
        f"of `wgan_gp` without the filter and with thresholds meant to accept 0.41 and 0.28 of the batches: {listed}. "
        f"From 100 to 1,000 samples, FID falls by {found[100][0] - found[1_000][0]:.1f} without any filter."
    )


def filtered(t: Table) -> dict[int, tuple[float, float, list[float]]]:
    """Returns FID and deviation without a filter, and FID at both acceptance rates, by the number of samples."""
    rows = [row for row in t.read("samplers/samplers.json")["wgan_gp"]["rows"] if len(row["seeds"]) > 1]
    by_n = {}
    for n in (100, 1_000, 10_000):
        of_n = {row["sampler"]: row for row in rows if row["n"] == n}
        fids = [of_n[f"{FILTER} sampler.quantile={rejected}"]["measures"]["fid"] for rejected in (0.59, 0.72)]
        by_n[n] = (of_n["direct"]["measures"]["fid"], of_n["direct"]["spread"]["fid"], fids)
    return by_n


def by_model(t: Table) -> Iterator[tuple[str, float, float, dict[str, dict[str, float]]]]:
    """Yields for each model of images its name, FID and deviation without a sampler, and measures by sampler."""
    for name, model in t.read("samplers/samplers.json").items():
        rows = {r["sampler"]: r for r in model["rows"] if r["n"] == N and "fid" in r["measures"]}  # points have none
        if rows:
            direct = rows.pop("direct")
            measures = {sampler: row["measures"] for sampler, row in rows.items()}
            yield name, direct["measures"]["fid"], direct["spread"]["fid"], measures


def said(measures: dict[str, float]) -> str:
    """Returns FID and precision / recall in words."""
    return f"**{measures['fid']:.1f}** ({measures['precision_k3']:.2f} / {measures['recall_k3']:.2f})"


def consistent(t: Table) -> str:
    """Returns in words how precision and recall vary over seeds, and with k, the number of samples and the features."""
    results = t.read("sensitivity/sensitivity.json")["results"]
    found = {(r["extractor"], r["n"]): r for r in results if r["samples"] == "generated"}

    def two(extractor: str, n: int, k: int) -> str:
        return " / ".join(f"{found[extractor, n][f'{measure}_k{k}']:.2f}" for measure in ("precision", "recall"))

    largest = [repeated(t, n) for n in (10_000, N)]
    by_k = ", ".join(f"{two('mnistcnn-v1', 10_000, k)} at k = {k}" for k in (1, 3, 10))
    return (
        "**Are precision and recall on classifier features consistent?** Yes over sampling seeds: their standard "
        f"deviation is {largest[0]} with 10,000 samples and {largest[1]} with {N:,}. No over ways of measuring, so "
        "that only values with the same k, number of samples and features can be compared: a `gan_r1` of five epochs "
        f"has {by_k} with 10,000 samples; {two('mnistcnn-v1', 1_000, 3)} at k = 3 with 1,000 samples; and with 10,000 "
        f"samples at k = 3, {two('pixels', 10_000, 3)} on pixels and {two('random-v1', 10_000, 3)} on features of an "
        "untrained network."
    )


def repeated(t: Table, n: int) -> str:
    """Returns the mean standard deviation over sampling seeds of the plain generators that were sampled three times."""
    rows: list[Record] = [
        row
        for model in t.read("samplers/samplers.json").values()
        for row in model["rows"]
        if row["n"] == n and row["sampler"] == "direct" and len(row["seeds"]) > 1 and "fid" in row["measures"]
    ]
    return " / ".join(f"{mean(row['spread'][measure] for row in rows):.3f}" for measure in BOTH)
