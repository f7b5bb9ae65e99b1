"""What the source documents claim, answered from the table's files: one line each."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

from tests.benchmarks.table_figures import column_of
from tests.benchmarks.table_records import Record

REFERENCE = Path("outputs/reference")


class Table:
    """The records by row, and words for them."""

    def __init__(self, records: Sequence[Record], reference: Path = REFERENCE) -> None:
        self.records, self.reference = records, reference

    def values(self, row: str, measure: str = "fid") -> list[float]:
        """Of all seeds, on the test images. Raises LookupError where there is none yet."""
        found = [record["measures"]["test"][measure] for record in self.records if record["row"] == row]
        if not found:
            raise LookupError(row)
        return found

    def mean(self, row: str, measure: str = "fid") -> float:
        return mean(self.values(row, measure))

    def said(self, row: str) -> str:
        """FID with its deviation over seeds, precision / recall."""
        fids = self.values(row)
        spread = f" ± {stdev(fids):.1f}" if len(fids) > 1 else ""
        two = " / ".join(f"{self.mean(row, measure):.2f}" for measure in ("precision_k3", "recall_k3"))
        return f"**{mean(fids):.1f}**{spread} ({two})"

    def lower(self, row: str, other: str) -> bool | None:
        """Whether a row has the lower FID in all of its seeds; None where the seeds do not tell."""
        mine, theirs = self.values(row), self.values(other)
        if max(mine) < min(theirs):
            return True
        return False if min(mine) > max(theirs) else None

    def curve(self, row: str, column: str) -> list[float]:
        """A column of the curves of seed 1. Raises LookupError where there are none yet."""
        if not any(record["row"] == row and record["seed"] == 1 for record in self.records):
            raise LookupError(row)
        return column_of(self.reference / "table", row, column)[1]

    def read(self, path: str) -> Any:
        return json.loads((self.reference / path).read_text())


def verdict(claim: bool | None) -> str:
    return {True: "Yes", False: "No", None: "The seeds do not tell"}[claim]


def n_critic(t: Table) -> str:
    rows = ("gan_n1", "gan_n2", "gan_n3")
    fids = "; ".join(f"n = {n}: {t.said(row)}" for n, row in enumerate(rows, 1))
    return (
        f"**Does training the generator less often help?** {verdict(t.lower('gan_n2', 'gan_n1'))}, at an equal number "
        f"of images: {fids}. The critic has n batches for each of the generator's, which so takes an n-th of the steps."
    )


def dropout(t: Table) -> str:
    rows = {"none": "gan_n1", "0.3": "gan_dropout_0.3", "0.5": "gan_dropout_0.5"}
    fids = "; ".join(f"{share}: {t.said(row)}" for share, row in rows.items())
    return (
        "**Does lower dropout in the critic help?** "
        f"{verdict(t.lower('gan_n1', 'gan_dropout_0.5'))} by FID (precision / recall): {fids}."
    )


def batch_norm(t: Table) -> str:
    return (
        f'**Does batch norm in the generator help (the documents: "no effect")?** {verdict(t.lower("gan", "gan_n1"))}: '
        f"with it {t.said('gan')}, without {t.said('gan_n1')}."
    )


def clipping(t: Table) -> str:
    clipped, penalised = "wgan_20_epochs", "wgan_gp_20_epochs"
    return (
        f"**Is clipping worse than the gradient penalty?** {verdict(t.lower(penalised, clipped))}: after 20 epochs "
        f"clipping has {t.said(clipped)} and the penalty {t.said(penalised)}, "
        f"{t.mean(clipped) / t.mean(penalised):.1f} times its FID."
    )


def longer(t: Table) -> str:
    return (
        "**And at the documents' own budgets** (69.8 after 50 epochs of clipping, 35.5 (.45 / .27) after 100 of the "
        f"penalty, by other features)? {t.said('wgan_50_epochs')} and {t.said('wgan_gp_100_epochs')}."
    )


def one_sided(t: Table) -> str:
    two, one = "wgan_gp_20_epochs", "wgan_gp_one_sided"
    return (
        f"**Is the one-sided penalty worse?** {verdict(t.lower(two, one))}: one-sided {t.said(one)}, two-sided "
        f"{t.said(two)}."
    )


def unstable(t: Table) -> str:
    """Deviation of the critic's loss in a fortieth of the run, over the size of its mean there, but for the first; and
    how its Wasserstein estimate ends, beside its highest mean."""
    parts, left = [], []
    for name, row in (("clipped", "wgan_20_epochs"), ("penalised", "wgan_gp_20_epochs")):
        deviations, losses = t.curve(row, "critic/loss_std"), t.curve(row, "critic/loss")
        estimate = t.curve(row, "critic/wasserstein_estimate")
        relative = [100 * d / abs(loss) for d, loss in zip(deviations, losses, strict=True)][1:]
        left.append(estimate[-1] / max(estimate))
        parts.append(
            f"{name}, the loss deviates by {median(relative):.0f} % of its mean within half an epoch, "
            f"{max(relative):.0f} % at most; the estimate ends at {estimate[-1]:.1f}, {max(estimate):.1f} at most"
        )
    zero = verdict(max(left) < 0.1).lower()
    return (
        "**How unstable is the clipped critic's loss? Does the Wasserstein estimate tend to zero, as it should?** "
        f"To zero: {zero}. {'; '.join(parts)}."
    )


def mixtures(t: Table) -> str:
    gaussian, static, dynamic = "gan_dropout_0.3", "gmgan_static", "gmgan_dynamic"
    return (
        "**Does a dynamic mixture beat a static one and a plain Gaussian?** "
        f"{verdict(t.lower(dynamic, static))} and {verdict(t.lower(dynamic, gaussian)).lower()}: dynamic "
        f"{t.said(dynamic)}, static {t.said(static)}, a plain Gaussian with the same dropout "
        f"{t.said(gaussian)}, without dropout and at dimension 200 {t.said('gan_d200')}."
    )


def labels(t: Table) -> str:
    gaussian, dynamic, without = "gan_dropout_0.3", "gmgan_dynamic", "gmgan_dynamic_unlabelled"
    claim = t.lower(without, gaussian)
    share = 100 * (t.mean(gaussian) - t.mean(without)) / (t.mean(gaussian) - t.mean(dynamic))
    shares = (f"{100 * t.mean(row, 'class_least_share'):.1f}" for row in (dynamic, without))
    return (
        f"**Do labels explain it?** {verdict(None if claim is None else not claim)}: without labels the same mixture "
        f"has {t.said(without)}, which is {share:.0f} % of the gain over the plain Gaussian; the rarest class has "
        f"{next(shares)} % of the samples with labels, {next(shares)} % without."
    )


def components(t: Table) -> str:
    rows = {10: "gmgan_dynamic", 20: "gmgan_k20", 50: "gmgan_k50"}
    fids = "; ".join(f"K = {k}: {t.said(row)}" for k, row in rows.items())
    return f"**Do more Gaussians than classes help?** {verdict(t.lower('gmgan_k50', 'gmgan_dynamic'))}: {fids}."


def alpha(t: Table) -> str:
    fids = "; ".join(f"{a}: {t.said(f'mmgan_alpha_{a}')}" for a in ("0.1", "1.0", "10.0"))
    purity = ", ".join(f"{t.mean(f'mmgan_alpha_{a}', 'cluster_accuracy'):.2f}" for a in ("0.1", "1.0", "10.0"))
    return (
        f"**What does MMGAN's alpha do?** {fids}. The share of samples whose cluster agrees with their class: {purity}."
    )


def samplers(t: Table) -> str:
    parts = []
    for name, model in t.read("samplers/samplers.json").items():
        full = [row for row in model["rows"] if row["n"] == 10_000]
        fids = {row["sampler"]: row["measures"]["fid"] for row in full if "fid" in row["measures"]}
        if fids:  # points have none
            plain = fids.pop("direct")
            best = min(fids, key=lambda sampler: fids[sampler])
            better = sum(fid < plain for fid in fids.values())
            found = f"best {fids[best]:.1f} with `{best}`, {better} of {len(fids)} settings lower it"
            parts.append(f"`{name}` {plain:.1f}, {found}")
    return f"**Do samplers help?** Some, each on some models: FID of {'; '.join(parts)}."


def consistent(t: Table) -> str:
    results = t.read("sensitivity/sensitivity.json")["results"]
    found = {(r["extractor"], r["n"]): r for r in results if r["samples"] == "generated"}
    full = found["mnistcnn-v1", 10_000]
    by_k = ", ".join(f"{full[f'precision_k{k}']:.2f} / {full[f'recall_k{k}']:.2f} at k = {k}" for k in (1, 3, 10))
    small = found["mnistcnn-v1", 1_000]
    pixels = found["pixels", 10_000]
    return (
        "**Is precision / recall on classifier features consistent?** Only at one k, one number of samples and one "
        f"extractor, and never beside another's: the same samples have {by_k} with 10,000; "
        f"{small['precision_k3']:.2f} / {small['recall_k3']:.2f} at k = 3 with 1,000; {pixels['precision_k3']:.2f} / "
        f"{pixels['recall_k3']:.2f} in pixels. Fixing all three makes it so."
    )


ANSWERS: tuple[Callable[[Table], str], ...] = (
    *(n_critic, dropout, batch_norm, clipping, longer, one_sided, unstable),
    *(mixtures, labels, components, alpha, samplers, consistent),
)


def answers(records: Sequence[Record], reference: Path = REFERENCE) -> str:
    """A Markdown list of the answers for which there are records."""
    table, lines = Table(records, reference), []
    for answer in ANSWERS:
        try:
            lines.append(f"- {answer(table)}")
        except LookupError:
            continue
    return "\n".join(lines)
