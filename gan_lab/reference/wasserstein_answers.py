"""What the documents claim of WGAN's weight clipping and gradient penalty, answered from the table's records."""

from statistics import mean

from gan_lab.reference.answer_table import Table
from gan_lab.reference.rows import REPORTED

CLIPPED, PENALISED = "wgan_20_epochs", "wgan_gp_20_epochs"


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
    return t.two_rows("Is the one-sided penalty worse?", rows)


def unstable(t: Table) -> str:
    """Return the usual deviation of the critic's loss, and the largest after the first twentieth of the run."""
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
    """Return where the estimate ends, as a mean over the last tenth of the run.

    Less than a tenth of the peak counts as zero.
    """
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
