"""Answers to the documents' claims about samplers and about precision and recall, from the files of those studies."""

from statistics import mean

from gan_lab.reference.answer_table import BOTH, Table
from gan_lab.reference.published import Record
from gan_lab.reference.sampler_plan import N
from gan_lab.reference.sampler_verdicts import SamplerVerdicts, Settings, settings_at

FILTER = "batch_inception_score sampler.images_per_batch=100"


def samplers(t: Table) -> str:
    """Returns in words how many settings of samplers lower the plain generator's FID, and which is the best."""
    verdicts, measured = SamplerVerdicts(t), [*settings_at(t)]
    found = []
    for of in measured:
        best = of.chosen()
        plain = f"{of.fid():.1f} ± {of.direct['spread']['fid']:.1f}"
        found.append(f"`{of.model}` {plain} and {said(of.others[best]['measures'])} with `{best}`")
    return (
        f"**Do samplers help?** FID of {N:,} samples without a sampler and with the best setting"
        f"{chosen_by(measured)}: {'; '.join(found)}. {tested(verdicts, measured)}"
    )


def chosen_by(measured: list[Settings]) -> str:
    """Returns in words which images chose the best settings."""
    if any(of.chosen_on_test for of in measured):
        return ", which was chosen on the same images and so looks better than it is"
    return ", which was chosen on validation images"


def tested(verdicts: SamplerVerdicts, measured: list[Settings]) -> str:
    """Returns in words how many settings help and harm, or why that is not known."""
    counts, untold = [], []
    for of in measured:
        claims = [verdict.lower for name in of.others if (verdict := verdicts.of(of, name)) is not None]
        if claims:
            counts.append(f"{claims.count(True)} and {claims.count(False)} of {len(claims)} for `{of.model}`")
        if len(claims) < len(of.others):
            untold.append(f"`{of.model}`")
    parts = (
        [f"{RULE.format(count=verdicts.tested)} Settings that lower and raise FID: {', '.join(counts)}."]
        if counts
        else []
    )
    if untold:
        parts.append(
            f"Which settings help {', '.join(untold)} is not decided: the records have means and standard deviations "
            "over sampling seeds, and not the values by seed that a paired test needs."
        )
    return " ".join(parts)


RULE = (
    "A setting lowers or raises FID if a paired t-test on its logarithm says so, over the same sampling seeds with and "
    "without it (level 5 %, Holm's correction over all {count} settings on this page)."
)


def sampler_kinds(t: Table) -> str:
    """Returns in words the results of the samplers that the documents propose."""
    measured = [*settings_at(t)]
    parts = []
    for of in measured:
        three = (of.chosen("ddls"), "batch_inception_score", of.chosen("latent_"))
        parts.append(f"`{of.model}` {', '.join(f'{of.fid(name):.1f}' for name in ('direct', *three))}")
    return (
        f"**Do the samplers that the documents propose help?** FID of {N:,} samples without a sampler, with DDLS at "
        "its best setting, with rejection of batches by their Inception score, and with latent reweighting or ascent "
        f"at its best setting{chosen_by(measured)}: {'; '.join(parts)}."
    )


def rejection(t: Table) -> str:
    """Returns in words what rejection of batches of 100 images does to the FID of WGAN-GP, by number of samples."""
    found = filtered(t)
    listed = "; ".join(
        f"{of.fid():.1f} ± {of.direct['spread']['fid']:.1f}, {', '.join(f'{of.fid(name):.1f}' for name in FILTERS)} "
        f"with {n:,} samples"
        for n, of in found.items()
    )
    return (
        "**Does rejection of batches by their Inception score lower FID (document 003: from 64.2 to 62.2 and 59.9 with "
        f"100 samples, to 24.4 with 1,000)?** {effects_of_rejection(t)}. FID "
        f"of `wgan_gp` without the filter and with thresholds meant to accept 0.41 and 0.28 of the batches, which we "
        f"infer from its means: {listed}. From 100 to 1,000 samples, FID falls by "
        f"{found[100].fid() - found[1_000].fid():.1f} without any filter."
    )


def larger_batches(t: Table) -> str:
    """Returns in words how FID and its deviation over sampling seeds fall with the number of samples."""
    listed = "; ".join(
        f"{of.fid():.1f} ± {of.direct['spread']['fid']:.1f} with {n:,} samples" for n, of in filtered(t).items()
    )
    return (
        f"**Is FID more stable with more samples?** FID of `wgan_gp`, mean ± deviation over sampling seeds: {listed}."
    )


def effects_of_rejection(t: Table) -> str:
    """Returns in words what rejection at both acceptance rates does, by number of samples."""
    verdicts = SamplerVerdicts(t)
    said = []
    for n, of in filtered(t).items():
        if any(verdicts.of(of, name) for name in FILTERS):
            effects = " and ".join(verdicts.effect(of, name) for name in FILTERS)
        else:
            fids = " and ".join(f"{of.fid(name):.1f}" for name in FILTERS)
            effects = f"there is no verdict ({of.fid():.1f} without, {fids} with it)"
        said.append(f"with {n:,} samples, {effects}")
    return "; ".join(said).replace("with", "With", 1)


FILTERS = tuple(f"{FILTER} sampler.quantile={rejected}" for rejected in (0.59, 0.72))
"""Rejection at both acceptance rates that we infer for document 003."""


def filtered(t: Table) -> dict[int, Settings]:
    """Returns the settings of WGAN-GP by the number of samples at which rejection was measured."""
    return {n: next(of for of in settings_at(t, n) if of.model == "wgan_gp") for n in (100, 1_000, 10_000)}


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
        for model in t.samplers().values()
        for row in model["rows"]
        if row["n"] == n and row["sampler"] == "direct" and len(row["seeds"]) > 1 and "fid" in row["measures"]
    ]
    return " / ".join(f"{mean(row['spread'][measure] for row in rows):.3f}" for measure in BOTH)
