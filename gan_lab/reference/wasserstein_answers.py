"""Answers to the documents' claims about WGAN's weight clipping and gradient penalty, from the table's records."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

from gan_lab.reference.answer_table import UNREST, YES_NO, MissingRowError, Table, as_clause
from gan_lab.reference.film import FILMED
from gan_lab.reference.rows import REPORTED

CLIPPED, PENALISED = "wgan_20_epochs", "wgan_gp_20_epochs"


def clipping(t: Table) -> str:
    rows = {PENALISED: "penalty", "wgan_adam": "clipping, with the optimizer of WGAN-GP", CLIPPED: "clipping, RMSProp"}
    return (
        "**Is the gradient penalty better than clipping?** With all else alike, "
        f"{as_clause(t.compared(PENALISED, 'wgan_adam'))}. With the settings of each paper, "
        f"{as_clause(t.compared(PENALISED, CLIPPED))}. FID after 20 epochs: {t.listed(rows)}."
    )


def limits(t: Table) -> str:
    rows = {CLIPPED: "c = 0.01", "wgan_limit_0.001": "c = 0.001", "wgan_limit_0.1": "c = 0.1"}
    gradients = ", ".join(f"{t.last(row, 'critic/parameter_gradient_norm_layer_1'):.2g}" for row in rows)
    return (
        f"**Does another limit of the weights help?** {t.each_compared(rows)}. FID: {t.listed(rows)}. The gradient of "
        f"the critic's first layer has the norm {gradients} at the end, in the same order."
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
    return t.two_rows("Is the two-sided penalty better than the one-sided one?", rows)


def unsquared(t: Table) -> str:
    rows = {"wgan_gp_unsquared": "not squared, as the slide prints it", "wgan_gp_one_sided": "squared"}
    return t.two_rows("Does the one-sided penalty without its square help?", rows)


def consistency(t: Table) -> str:
    rows = {"ct_gan_1000_images": "with the consistency term", "wgan_gp_1000_images": "without"}
    return t.two_rows("Does the consistency term help with 1,000 training images, as its paper has it?", rows)


def flavours(t: Table) -> str:
    rows = {"wgan_gp": "gradient penalty", "bwgan": "Banach Wasserstein GAN", "wgan_qc": "quadratic transport cost"}
    return f"**Which flavour of Wasserstein GAN is best?** With the settings of each paper, FID is {t.listed(rows)}."


def places(t: Table) -> str:
    rows = {"wgan_gp_20_epochs": "on lines", "dragan": "around real samples", "gan_r1": "at real samples"}
    return f"**Does it matter where gradients are penalised?** FID: {t.listed(rows)}."


def separable(t: Table) -> str:
    """Returns in words when a classifier is always right: without overlap, and with it where samples are few."""
    numbers = t.read("explain/explanation.json")["figures"]["classifier"]["numbers"]
    apart = [strip for strip in numbers["strips"] if strip["gap"] > 0]
    fooled = [found for found in numbers["gaussians"] if found["accuracy"] == 1]
    most = max(fooled, key=lambda found: found["size"])
    return (
        "**Is a classifier always right where supports do not overlap?** Its accuracy is "
        f"{min(strip['accuracy'] for strip in apart):.3g} at least, at gaps of {min(s['gap'] for s in apart)} to "
        f"{max(s['gap'] for s in apart)}. With {most['size']} samples or fewer of each of two Gaussians that do "
        f"overlap it is 1 too, and {most['held_out_accuracy']:.2f} on other samples "
        f"([figure](../explain/classifier.png))."
    )


def unconstrained(t: Table) -> str:
    """Returns in words how far the value of the game runs away without a constraint."""
    free, held = "wgan_unconstrained", CLIPPED
    parts = []
    for row, name in ((free, "Without a constraint"), (held, "With clipping")):
        values = t.curve(row, "critic/wasserstein_estimate")[1]
        parts.append(
            f"{name}, it is {values[len(values) // 10]:.3g} after a tenth of the training, {values[-1]:.3g} last"
        )
    return (
        f"**Do the critic's scores run away without a constraint?** The mean score of reals minus that of fakes, seed "
        f"1: {'; '.join(parts)}. FID: {t.listed({free: 'without', held: 'with clipping'})}."
    )


def expressive(t: Table) -> str:
    critics = t.read("explain/explanation.json")["figures"]["lipschitz"]["numbers"]
    clipped, free = critics["critics"]["clipping"], critics["critics"]["two_sided"]
    return (
        "**Does clipping make the critic too simple?** On two-dimensional data whose distance is "
        f"{critics['emd']:.2f}, "
        f"the clipped critic tells {clipped['estimate']:.3f} and its slope is {clipped['slope_lines']:.4f} instead "
        f"of 1; {100 * clipped['weights_at_limit']:.0f} % of its weights are at the limit. The penalised critic tells "
        f"{free['estimate']:.2f}, with a slope of {free['slope_lines']:.2f} ([figure](../explain/lipschitz.png))."
    )


def gradients(t: Table) -> str:
    """Returns in words how the critic's gradient changes from its last layer to its first."""
    parts = []
    for row, name in ((CLIPPED, "with clipping"), (PENALISED, "with the penalty")):
        layers = [t.last(row, f"critic/parameter_gradient_norm_layer_{layer}") for layer in (1, 4)]
        parts.append(f"{name} {layers[0]:.2g} in the first layer and {layers[1]:.2g} in the last")
    return (
        f"**Do the critic's gradients vanish or explode?** Norm of the gradient of its weights at the end of training: "
        f"{'; '.join(parts)} ([figure](../table/figures/depth.png))."
    )


def film(t: Table) -> str:
    if not all((t.reference / "table" / "films" / f"{row}.png").is_file() for row in FILMED):
        raise MissingRowError(FILMED[0])
    return (
        "Three codes of `wgan_20_epochs` (above) and `wgan_gp_20_epochs` (below) from the first step to the last, "
        "averaged generator ([moving](../table/figures/film.gif)):\n\n![three codes over the "
        "training](../table/figures/film.png)"
    )


def divergences(t: Table) -> str:
    numbers = t.read("explain/explanation.json")["figures"]["js_and_emd"]["numbers"]
    apart = [point for point in numbers["curves"] if abs(point["js"] - numbers["log_2"]) < 1e-9]
    near, far = (find(apart, key=lambda point: point["shift"]) for find in (min, max))
    return (
        f"**Is JS constant where distributions do not overlap?** Yes: JS is {far['js']:.3f}, log 2, at shifts of "
        f"{near['shift']} to {far['shift']}, where the earth mover's distance is {near['emd']:.0f} to {far['emd']:.0f} "
        "([figure](../explain/js_and_emd.png))."
    )


def unstable(t: Table) -> str:
    """Returns in words the median deviation of the critic's loss, and the largest after the first 5 % of the run."""
    verdict = as_clause(t.said_of(PENALISED, "wgan_adam", YES_NO, UNREST))
    parts = []
    for name, row in (("With clipping", CLIPPED), ("With the penalty", PENALISED)):
        _, losses = t.curve(row, "critic/loss")
        steps, within = t.curve(row, "critic/loss_std")
        largest, loss, step = max(zip(within[2:], losses[2:], steps[2:], strict=True))
        epoch = 20 * step / steps[-1]
        parts.append(
            f"{name}, it is {t.mean(row, UNREST):.1f} % of the mean in the second half of 20 epochs; in seed 1 it is "
            f"largest near epoch {epoch:.0f}, with {largest:.2f} around a mean of {loss:.2f}"
        )
    return (
        "**Is the critic's loss more stable with the penalty?** With the same optimizer, "
        f"{verdict}. We look at its standard deviation within half an epoch. {'. '.join(parts)}."
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
