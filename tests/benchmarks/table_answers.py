"""What the source documents claim, answered from the table's files: one line each."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from tests.benchmarks.rows import REPORTED, TUNED
from tests.benchmarks.table_figures import column_of
from tests.benchmarks.table_records import Record, spread, values


class MissingRowError(Exception):
    """A row that an answer needs and that was not trained yet."""


class Table:
    """The records by row, and words for them."""

    def __init__(self, records: Sequence[Record], reference: Path) -> None:
        self.records, self.reference = records, reference

    def values(self, row: str, measure: str = "fid") -> list[float]:
        """Of all seeds, on the test images. Raises MissingRowError where there is none yet."""
        if not (found := values(self.records, row, measure)):
            raise MissingRowError(row)
        return found

    def mean(self, row: str, measure: str = "fid") -> float:
        return mean(self.values(row, measure))

    def said(self, row: str) -> str:
        """FID with its deviation over seeds, precision / recall."""
        fids = self.values(row)
        deviation = f" ± {spread(fids):.1f}" if len(fids) > 1 else ""
        two = " / ".join(f"{self.mean(row, measure):.2f}" for measure in ("precision_k3", "recall_k3"))
        return f"**{mean(fids):.1f}**{deviation} ({two})"

    def listed(self, rows: dict[str, str]) -> str:
        return "; ".join(f"{label}: {self.said(row)}" for row, label in rows.items())

    def lower(self, row: str, other: str) -> bool | None:
        """Whether a row has the lower FID in all of its seeds; None where the seeds do not tell."""
        mine, theirs = self.values(row), self.values(other)
        if max(mine) < min(theirs):
            return True
        return False if min(mine) > max(theirs) else None

    def verdict(self, claim: bool | None, *rows: str) -> str:
        """The claim in words, with what it rests on."""
        if claim is None:
            return "The seeds do not tell"
        one = min(len(self.values(row)) for row in rows) == 1
        return ("Yes" if claim else "No") + (", in the one seed there is" if one else "")

    def compared(self, row: str, other: str) -> str:
        """Whether a row has the lower FID, in words."""
        return self.verdict(self.lower(row, other), row, other)

    def best(self, *rows: str) -> str:
        """The row of the lowest mean FID."""
        return min(rows, key=self.mean)

    def curve(self, row: str, column: str) -> tuple[list[int], list[float]]:
        """Generator steps and a column of the curves of seed 1. Raises MissingRowError where there are none yet."""
        if not any(record["row"] == row and record["seed"] == 1 for record in self.records):
            raise MissingRowError(row)
        return column_of(self.reference / "table", row, column)

    def first_there(self, *rows: str) -> str:
        """The first of these rows that has curves. Raises MissingRowError where none has."""
        there = {record["row"] for record in self.records if record["seed"] == 1}
        for row in rows:
            if row in there:
                return row
        raise MissingRowError(rows[-1])

    def read(self, path: str) -> Any:
        return json.loads((self.reference / path).read_text())


def n_critic(t: Table) -> str:
    rows = {"gan_n1": "n = 1", "gan_n2": "n = 2", "gan_n3": "n = 3"}
    (*_, steps), (*_, rare) = t.curve("gan_n3", "fid")
    often = min(zip(*t.curve("gan_n1", "fid"), strict=True), key=lambda point: abs(point[0] - steps))
    return (
        "**Does training the generator less often help?** "
        f"{t.compared(t.best('gan_n2', 'gan_n3'), 'gan_n1')}. At an equal number of images: {t.listed(rows)}. At "
        f"about equal generator steps, on validation images: n = 1 has {often[1]:.0f} after {often[0]:,}, n = 3 "
        f"{rare:.0f} after {steps:,}."
    )


def dropout(t: Table) -> str:
    rows = {"gan_n1": "none", "gan_dropout_0.3": "0.3", "gan_dropout_0.5": "0.5"}
    less = t.compared("gan_n1", t.best("gan_dropout_0.3", "gan_dropout_0.5"))
    return f"**Does lower dropout in the critic help?** {less}: {t.listed(rows)}."


def batch_norm(t: Table) -> str:
    rows = {"gan": "with it", "gan_n1": "without"}
    return (
        f'**Does batch norm in the generator help (the documents: "no effect")?** {t.compared("gan", "gan_n1")}: '
        f"{t.listed(rows)}."
    )


def clipping(t: Table) -> str:
    clipped, penalised = "wgan_20_epochs", "wgan_gp_20_epochs"
    return (
        f"**Is clipping worse than the gradient penalty?** {t.compared(penalised, clipped)}: after 20 epochs clipping "
        f"has {t.said(clipped)}, {t.mean(clipped) / t.mean(penalised):.1f} times the FID of the penalty, "
        f"{t.said(penalised)}."
    )


def longer(t: Table) -> str:
    rows = {"wgan_50_epochs": "50 epochs of clipping", "wgan_gp_100_epochs": "100 of the penalty"}
    found = "; ".join(f"{label}: {t.said(row)}, reported {REPORTED[row]}" for row, label in rows.items())
    return f"**And at the documents' own budgets?** {found} (by other features)."


def one_sided(t: Table) -> str:
    rows = {"wgan_gp_20_epochs": "two-sided", "wgan_gp_one_sided": "one-sided"}
    return f"**Is the one-sided penalty worse?** {t.compared(*rows)}: {t.listed(rows)}."


def unstable(t: Table) -> str:
    """The deviation of the critic's loss within a fortieth of the run over its mean there, in the second half of runs
    of equal length; and where the Wasserstein estimate ends, its mean over the last tenth, and its peak, in the longest
    runs there are. An end below a tenth of the peak counts as tending to zero."""
    deviations, ends, zero = [], [], []
    for name, short, long in (
        ("with clipping", "wgan_20_epochs", "wgan_50_epochs"),
        ("with the penalty", "wgan_gp_20_epochs", "wgan_gp_100_epochs"),
    ):
        _, losses = t.curve(short, "critic/loss")
        _, within = t.curve(short, "critic/loss_std")
        half = len(losses) // 2
        relative = [100 * d / abs(loss) for d, loss in zip(within[half:], losses[half:], strict=True)]
        deviations.append(f"by {median(relative):.1f} % {name}")
        row = t.first_there(long, short)
        _, estimate = t.curve(row, "critic/wasserstein_estimate")
        peak, end = max(estimate), mean(estimate[-4:])
        zero.append(end < 0.1 * peak)
        ends.append(f"{end:.2f} after a peak of {peak:.2f} {name} (`{row}`)")
    return (
        "**How unstable is the clipped critic's loss, and does the Wasserstein estimate tend to zero, as it should?** "
        f"In the second half of 20 epochs the loss deviates {' and '.join(deviations)} from its mean over half an "
        f"epoch; the estimate {'tends' if all(zero) else 'does not tend'} to zero, it ends at {' and at '.join(ends)}."
    )


def mixtures(t: Table) -> str:
    rows = {
        "gmgan_dynamic": "dynamic (d 100, standard deviation 1.183 at the start)",
        "gmgan_static": "static (d 200, 1)",
        "gan_dropout_0.3": "a plain Gaussian with the same dropout (d 100)",
        "gan_d200": "a plain Gaussian without (d 200)",
    }
    dynamic, static, gaussian, _ = rows
    return (
        f"**Does a dynamic mixture beat a static one?** {t.compared(dynamic, static)}. **A plain Gaussian?** "
        f"{t.compared(dynamic, gaussian)}. **Does a static one?** {t.compared(static, gaussian)}. {t.listed(rows)}."
    )


def labels(t: Table) -> str:
    gaussian, dynamic, without = "gan_dropout_0.3", "gmgan_dynamic", "gmgan_dynamic_unlabelled"
    gain = t.lower(without, gaussian)
    gained, of = t.mean(gaussian) - t.mean(without), t.mean(gaussian) - t.mean(dynamic)
    share = f", {100 * gained / of:.0f} % of the gain in FID over the plain Gaussian" if min(gained, of) > 0 else ""
    classes = [f"{100 * t.mean(row, 'class_least_share'):.1f}" for row in (dynamic, without)]
    return (
        f"**Do labels explain it?** {t.verdict(None if gain is None else not gain, without, gaussian)}: without labels "
        f"the same mixture has {t.said(without)}{share}; with them {t.said(dynamic)}. The rarest class has "
        f"{classes[0]} % of the samples with labels, {classes[1]} % without."
    )


def components(t: Table) -> str:
    rows = {"gmgan_dynamic": "K = 10", "gmgan_k20": "K = 20", "gmgan_k50": "K = 50"}
    more = t.compared(t.best("gmgan_k20", "gmgan_k50"), "gmgan_dynamic")
    return f"**Do more Gaussians than classes help?** {more}: {t.listed(rows)}."


def alpha(t: Table) -> str:
    rows = {"mmgan_alpha_0.1": "alpha 0.1", "mmgan": "alpha 1", "mmgan_alpha_10.0": "alpha 10"}
    shares = ", ".join(f"{t.mean(row, 'cluster_accuracy'):.2f}" for row in rows)
    return (
        f"**What does MMGAN's alpha do?** {t.listed(rows)}. Share of samples whose cluster is one class: {shares}. "
        f"Without batch norm in the generator: {t.said('mmgan_no_batch_norm')}."
    )


def tuned(t: Table) -> str:
    pairs = "; ".join(f"`{own}` {t.said(own)}, `{theirs}` {t.said(theirs)}" for own, theirs in TUNED.items())
    return f"**Are rows far behind because of the documents' settings?** After a short search: {pairs}."


def samplers(t: Table) -> str:
    """At 10,000 images, against the plain generator with the same sampling seeds; better: by more than FID's deviation
    over sampling seeds."""
    parts = []
    for name, model in t.read("samplers/samplers.json").items():
        rows = [row for row in model["rows"] if "fid" in row["measures"]]  # points have none
        if not rows:
            continue
        direct = [row for row in rows if row["sampler"] == "direct"]
        noise = max(row["spread"]["fid"] for row in direct if len(row["seeds"]) > 1 and row["n"] >= 2_000)
        plain = {(row["n"], *row["seeds"]): row["measures"]["fid"] for row in direct}
        others = [row for row in rows if row["n"] == 10_000 and row["sampler"] != "direct"]
        gains = {row["sampler"]: plain[10_000, *row["seeds"]] - row["measures"]["fid"] for row in others}
        best = max(others, key=lambda row: gains[row["sampler"]])["measures"]
        parts.append(
            f"`{name}` {sum(gain > noise for gain in gains.values())} of {len(gains)} settings, the best, "
            f"`{max(gains, key=lambda sampler: gains[sampler])}`, by {max(gains.values()):.1f} to {best['fid']:.1f} "
            f"({best['precision_k3']:.2f} / {best['recall_k3']:.2f})"
        )
    return f"**Do samplers help?** FID falls by more than its deviation over sampling seeds with: {'; '.join(parts)}."


def consistent(t: Table) -> str:
    results = t.read("sensitivity/sensitivity.json")["results"]
    found = {(r["extractor"], r["n"]): r for r in results if r["samples"] == "generated"}

    def two(extractor: str, n: int, k: int) -> str:
        return " / ".join(f"{found[extractor, n][f'{measure}_k{k}']:.2f}" for measure in ("precision", "recall"))

    rows = t.read("samplers/samplers.json")["gan"]["rows"]
    seeds = next(row for row in rows if row["sampler"] == "direct" and len(row["seeds"]) > 1)
    repeated = " / ".join(f"{seeds['spread'][measure]:.3f}" for measure in ("precision_k3", "recall_k3"))
    by_k = ", ".join(f"{two('mnistcnn-v1', 10_000, k)} at k = {k}" for k in (1, 3, 10))
    return (
        "**Is precision / recall on classifier features consistent?** At one k, number of samples and extractor it is: "
        f"over {len(seeds['seeds'])} sampling seeds of {seeds['n']:,} images it deviates by {repeated}. "
        "Otherwise it is not, and values must not be compared: the same generator has "
        f"{by_k} with 10,000 samples, "
        f"{two('mnistcnn-v1', 1_000, 3)} at k = 3 with 1,000, and with 10,000 at k = 3 "
        f"{two('random-v1', 10_000, 3)} by an untrained network and {two('pixels', 10_000, 3)} by pixels."
    )


ANSWERS: tuple[Callable[[Table], str], ...] = (
    *(n_critic, dropout, batch_norm, clipping, longer, one_sided, unstable),
    *(mixtures, labels, components, alpha, tuned, samplers, consistent),
)


def answers(records: Sequence[Record], reference: Path) -> str:
    """A Markdown list of the answers for which there are records."""
    table, lines = Table(records, reference), []
    for answer in ANSWERS:
        try:
            lines.append(f"- {answer(table)}")
        except MissingRowError:
            continue
    return "\n".join(lines)
