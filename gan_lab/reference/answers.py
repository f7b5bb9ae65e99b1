"""What the source documents claim, answered from the table's files: one line each."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

from gan_lab.reference.row_records import Record
from gan_lab.reference.rows import REPORTED, TUNED
from gan_lab.reference.sampler_answers import consistent, sampler_kinds, samplers
from gan_lab.reference.view import MissingRowError, Table

RULE = """\
By FID on the test images: "Yes" and "No" where all seeds of one row lie below all of the other. Figures are
**FID** ± deviation over seeds (precision / recall); losses and estimates are those of seed 1.
"""

Answer = Callable[[Table], str]

CLIPPED, PENALISED = "wgan_20_epochs", "wgan_gp_20_epochs"


def n_critic(t: Table) -> str:
    rows = {"gan_n1": "n = 1", "gan_n2": "n = 2", "gan_n3": "n = 3"}
    said = f"{each(t, rows)}. At an equal number of images: {t.listed(rows)}"
    return f"**Does training the generator less often help?** {said}."


def equal_steps(t: Table) -> str:
    (*_, steps), (*_, rare) = t.curve("gan_n3", "fid")
    often = min(zip(*t.curve("gan_n1", "fid"), strict=True), key=lambda point: abs(point[0] - steps))
    return (
        "**Does a generator that is trained less often catch up in as many steps of its own?** Seed 1 on validation "
        f"images: n = 1 has {often[1]:.0f} after {often[0]:,}, n = 3 {rare:.0f} after {steps:,}."
    )


def stability(t: Table) -> str:
    unrest = ", ".join(f"{t.unrest(row):.0f}" for row in ("gan_n1", "gan_n2", "gan_n3"))
    return (
        "**Is training the generator less often more stable?** Within half an epoch the critic's loss deviates by "
        f"{unrest} % of its mean for n = 1, 2, 3."
    )


def dropout(t: Table) -> str:
    rows = {"gan_n1": "none", "gan_dropout_0.3": "0.3", "gan_dropout_0.5": "0.5"}
    none, *some = rows
    verdicts = "; ".join(f"none against {rows[row]}: {t.compared(none, row)}" for row in some)
    return (
        f"**Does lower dropout in the critic help?** {verdicts}. FID for {t.listed(rows)}. The rarest class has "
        f"{t.shown([*rows], 'class_least_share')} of the samples."
    )


def each(t: Table, rows: dict[str, str]) -> str:
    """Whether each row is lower than the first."""
    first, *others = rows
    return "; ".join(f"{rows[row]}: {t.compared(row, first)}" for row in others)


def two_rows(t: Table, question: str, rows: dict[str, str]) -> str:
    """Whether the first row is lower, and both."""
    return f"**{question}** {t.compared(*rows)}: {t.listed(rows)}."


def batch_norm(t: Table) -> str:
    question = 'Does batch norm in the generator help (the documents: "no effect")?'
    return two_rows(t, question, {"gan": "with it", "gan_n1": "without"})


def clipping(t: Table) -> str:
    return (
        f"**Is clipping worse than the gradient penalty?** {t.compared(PENALISED, CLIPPED)}. After 20 epochs clipping "
        f"has {t.said(CLIPPED)}, {t.mean(CLIPPED) / t.mean(PENALISED):.1f} times the FID of the penalty, "
        f"{t.said(PENALISED)}."
    )


def longer(t: Table) -> str:
    rows = {"wgan_50_epochs": "50 epochs of clipping", "wgan_gp_100_epochs": "100 of the penalty"}
    found = "; ".join(f"{label}: {t.said(row)}, reported {REPORTED[row]}" for row, label in rows.items())
    return f"**Clipping and penalty at the documents' own budgets?** {found} (by other features)."


def weight(t: Table) -> str:
    rows = {PENALISED: "10", "wgan_gp_lambda_3": "3"}
    return f"**Does a penalty of weight 3 help?** {t.compared('wgan_gp_lambda_3', PENALISED)}: {t.listed(rows)}."


def one_sided(t: Table) -> str:
    rows = {PENALISED: "two-sided", "wgan_gp_one_sided": "one-sided"}
    return two_rows(t, "Is the one-sided penalty worse?", rows)


def unstable(t: Table) -> str:
    """The usual deviation of the critic's loss, and the largest after the first twentieth of the run."""
    parts = []
    for name, row in (("clipping", CLIPPED), ("the penalty", PENALISED)):
        _, losses = t.curve(row, "critic/loss")
        steps, within = t.curve(row, "critic/loss_std")
        largest, loss, step = max(zip(within[2:], losses[2:], steps[2:], strict=True))
        epoch = 20 * step / steps[-1]
        parts.append(
            f"with {name} by {t.unrest(row):.1f} % of its mean in the second half of 20 epochs, and most about epoch "
            f"{epoch:.0f}, by {largest:.2f} about a mean of {loss:.2f}"
        )
    return f"**How unstable is the clipped critic's loss?** Within half an epoch it deviates {'; '.join(parts)}."


def estimate(t: Table) -> str:
    """Ends are means over the last tenth of the run; below a tenth of the peak counts as zero."""
    parts = []
    for name, short, long in (
        ("With clipping", CLIPPED, "wgan_50_epochs"),
        ("With the penalty", PENALISED, "wgan_gp_100_epochs"),
    ):
        row = t.with_curves(long, short)
        _, estimates = t.curve(row, "critic/wasserstein_estimate")
        peak, before, end = max(estimates), mean(estimates[-8:-4]), mean(estimates[-4:])
        trend = "and still falls" if end < before else "and no longer falls"
        parts.append(
            f"{name} it {'falls to zero' if end < 0.1 * peak else f'does not reach zero {trend}'}: {end:.2f} over the "
            f"last tenth after a peak of {peak:.2f} (`{row}`)"
        )
    return (
        f"**Does the Wasserstein estimate tend to zero, as it should?** {'. '.join(parts)}. A tenth of the peak would "
        "count as zero."
    )


def mixtures(t: Table) -> str:
    rows = {
        "gmgan_dynamic": "dynamic (d 100, standard deviation 1.183 at the start)",
        "gmgan_static": "static (d 200, deviation 1)",
        "gan_dropout_0.3": "a plain Gaussian with the same dropout (d 100)",
        "gan_d200": "a plain Gaussian without (d 200)",
    }
    dynamic, static, gaussian, _ = rows
    return (
        f"**Does a dynamic mixture beat a static one?** {t.compared(dynamic, static)}. **A plain Gaussian?** "
        f"{t.compared(dynamic, gaussian)}. **Does a static one?** {t.compared(static, gaussian)}. FID: "
        f"{t.listed(rows)}."
    )


def trained(t: Table) -> str:
    rows = {"gmgan_dynamic": "trained", "gmgan_dynamic_frozen": "never trained"}
    return f"**Is it the training of the mixture?** {t.compared(*rows)}. From the same start, {t.listed(rows)}."


def labels(t: Table) -> str:
    gaussian, dynamic, without = "gan_dropout_0.3", "gmgan_dynamic", "gmgan_dynamic_unlabelled"
    gain = t.lower(without, gaussian)
    gained, of = t.mean(gaussian) - t.mean(without), t.mean(gaussian) - t.mean(dynamic)
    share = f", {100 * gained / of:.0f} % of the gain in FID over the plain Gaussian" if gain and of > 0 else ""
    return (
        f"**Do labels explain it?** FID: {t.verdict(None if gain is None else not gain, without, gaussian)}: without "
        f"labels the same mixture has {t.said(without)}{share}; with them {t.said(dynamic)}."
    )


def told(t: Table) -> str:
    three = ("gan_dropout_0.3", "gmgan_dynamic_unlabelled", "gmgan_dynamic")
    return (
        "**What do labels do?** In the order plain Gaussian, mixture without, mixture with labels: separation of "
        f"classes {t.shown(three, 'class_separation')}, variety within them {t.shown(three, 'class_diversity')}, share "
        f"of the rarest class {t.shown(three, 'class_least_share')}."
    )


def without_labels(t: Table) -> str:
    rows = {"gmgan_unsupervised": "mixture (d 200, dropout 0.3)", "gan": "plain Gaussian (d 100, none)"}
    return (
        f"**Does a static mixture help without labels and with batch norm?** {t.compared(*rows)}: {t.listed(rows)}. "
        f"Under WGAN-GP: {t.compared('gmgan_static_wgan_gp', 'wgan_gp')}: "
        f"{t.listed({'gmgan_static_wgan_gp': 'mixture (d 200)', 'wgan_gp': 'plain Gaussian (d 100)'})}."
    )


def sigma(t: Table) -> str:
    rows = {f"gmgan_wgan_gp_std_{std}": str(std) for std in (0.5, 0.7, 1.0, 1.4, 2.0)}
    best = min(rows, key=t.mean)
    return (
        f"**Which deviation of a static mixture under WGAN-GP (the documents: 1.0)?** {rows[best]} of those tried"
        f"{', the largest' if best == [*rows][-1] else ''}: {t.listed(rows)}."
    )


def softmax(t: Table) -> str:
    rows = {"gmgan_softmax": "softmax with a class for fakes, the document's text", "gmgan_static": "sigmoids"}
    return two_rows(t, "Does a softmax beat sigmoids?", rows)


def components(t: Table) -> str:
    rows = {"gmgan_dynamic": "K = 10", "gmgan_k20": "K = 20", "gmgan_k50": "K = 50"}
    return f"**Do more Gaussians than classes help?** {each(t, rows)}. FID for {t.listed(rows)}."


def alpha(t: Table) -> str:
    rows = {"mmgan_alpha_0.1": "alpha 0.1", "mmgan": "alpha 1", "mmgan_alpha_10.0": "alpha 10"}
    return (
        f"**What does MMGAN's alpha do?** {t.listed(rows)}. Share of samples whose cluster is one class: "
        f"{t.shown([*rows], 'cluster_accuracy')}. Without batch norm in the generator: {t.said('mmgan_no_batch_norm')}."
    )


def order(t: Table) -> str:
    """By FID, the rows that documents report."""
    rows = sorted(REPORTED, key=t.mean)
    reported = sorted(REPORTED, key=lambda row: float(REPORTED[row].replace(",", "").split()[0]))
    return (
        f"**Does the order of what they report come out?** {'Yes' if rows == reported else 'No'}. Ours: "
        f"{' < '.join(f'`{row}`' for row in rows)}; theirs: {' < '.join(f'`{row}`' for row in reported)}. "
        f"With batch norm in the generator, which they leave open, a plain GAN has {t.said('gan')}."
    )


def tuned(t: Table) -> str:
    pairs = "; ".join(f"`{own}` {t.said(own)}, `{theirs}` {t.said(theirs)}" for own, theirs in TUNED.items())
    return (
        "**Are rows far behind because of the documents' settings?** After a short search: "
        f"{pairs}. The Wasserstein recipes take one critic turn to a round and so five times the generator steps in as "
        "many images; with as many steps, in 100 epochs, the documents' own settings have "
        f"{t.said('wgan_gp_100_epochs')}, and with batch norm alone, in 20 epochs, {t.said('wgan_gp')}."
    )


ASKED: tuple[Answer, ...] = (
    *(n_critic, dropout, batch_norm, clipping, one_sided, unstable, estimate),
    *(mixtures, trained, labels, samplers, consistent),
)
FURTHER: tuple[Answer, ...] = (
    *(equal_steps, stability, longer, weight, told, without_labels, sigma, softmax, components, alpha),
    *(sampler_kinds, order, tuned),
)


def answers(asked: Sequence[Answer], records: Sequence[Record], reference: Path) -> str:
    """The rule and a Markdown list of the answers for which there are records."""
    table, lines = Table(records, reference), [RULE]
    for answer in asked:
        try:
            lines.append(f"- {answer(table)}")
        except MissingRowError:
            continue
    return "\n".join(lines)
