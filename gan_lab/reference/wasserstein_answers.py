"""Answers to the documents' claims about WGAN's weight clipping and gradient penalty, from the table's records."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

from gan_lab.reference.answer_table import Table
from gan_lab.reference.rows import REPORTED

CLIPPED, PENALISED = "wgan_20_epochs", "wgan_gp_20_epochs"


def clipping(t: Table) -> str:
    return (
        f"**Is clipping worse than the gradient penalty?** {t.compared(PENALISED, CLIPPED)}. After 20 epochs, FID with "
        f"clipping is {t.said(CLIPPED)}, {t.mean(CLIPPED) / t.mean(PENALISED):.1f} times that with the penalty, "
        f"{t.said(PENALISED)}."
    )


def longer(t: Table) -> str:
    rows = {"wgan_50_epochs": "50 epochs of clipping", "wgan_gp_100_epochs": "100 epochs of the penalty"}
    found = "; ".join(f"{label}: {t.said(row)}, reported: {REPORTED[row]}" for row, label in rows.items())
    return (
        "**What do clipping and penalty reach with the documents' own budgets?** FID after "
        f"{found}. The reported values were measured with other features."
    )


def weight(t: Table) -> str:
    rows = {PENALISED: "weight 10", "wgan_gp_lambda_3": "weight 3"}
    verdict = t.compared("wgan_gp_lambda_3", PENALISED)
    return f"**Does a penalty of weight 3 help?** {verdict}. FID: {t.listed(rows)}."


def one_sided(t: Table) -> str:
    rows = {PENALISED: "two-sided", "wgan_gp_one_sided": "one-sided"}
    return t.two_rows("Is the one-sided penalty worse?", rows)


def unstable(t: Table) -> str:
    """Returns in words the median deviation of the critic's loss, and the largest after the first 5 % of the run."""
    parts = []
    for name, row in (("With clipping", CLIPPED), ("With the penalty", PENALISED)):
        _, losses = t.curve(row, "critic/loss")
        steps, within = t.curve(row, "critic/loss_std")
        largest, loss, step = max(zip(within[2:], losses[2:], steps[2:], strict=True))
        epoch = 20 * step / steps[-1]
        parts.append(
            f"{name}, it is {t.unrest(row):.1f} % of the mean in the second half of 20 epochs, and largest near epoch "
            f"{epoch:.0f}, with {largest:.2f} around a mean of {loss:.2f}"
        )
    return (
        "**How unstable is the clipped critic's loss?** We look at its standard deviation within half an epoch. "
        f"{'. '.join(parts)}. One seed each cannot tell whether they differ."
    )


@dataclass(frozen=True, slots=True)
class FinalEstimate:
    """The peak of a run's Wasserstein estimate, its mean over the last tenth of the run and over the tenth before."""

    row: str
    peak: float
    before: float
    end: float

    @property
    def is_zero(self) -> bool:
        """Whether it fell to less than a tenth of its peak, which counts as zero."""
        return self.end < 0.1 * self.peak


def final_estimates(t: Table) -> Iterator[FinalEstimate]:
    """Yields the final estimate with clipping and then that with the penalty, each of its longest run."""
    for short, long in ((CLIPPED, "wgan_50_epochs"), (PENALISED, "wgan_gp_100_epochs")):
        row = t.with_curves(long, short)
        _, estimates = t.curve(row, "critic/wasserstein_estimate")
        yield FinalEstimate(row, max(estimates), mean(estimates[-8:-4]), mean(estimates[-4:]))


def estimate(t: Table) -> str:
    """Returns in words the final Wasserstein estimate, the mean over the last tenth of the run."""
    parts = []
    for name, found in zip(("With clipping", "With the penalty"), final_estimates(t), strict=True):
        trend = "and is still falling" if found.end < found.before else "and has stopped falling"
        parts.append(
            f"{name}, it {'falls to zero' if found.is_zero else f'does not reach zero {trend}'}: its mean over the "
            f"last tenth of the run is {found.end:.2f}, after a peak of {found.peak:.2f} (`{found.row}`)"
        )
    return (
        f"**Does the Wasserstein estimate tend to zero, as it should?** {'. '.join(parts)}. Less than a tenth of the "
        "peak would count as zero."
    )
