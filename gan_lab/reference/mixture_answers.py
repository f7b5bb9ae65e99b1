"""Answers to the documents' claims about mixtures as latent distributions, from the table's records."""

from gan_lab.reference.answer_table import NO_YES, Table, as_clause

DEVIATIONS = {std: f"gmgan_wgan_gp_std_{std}" for std in (0.5, 0.7, 1.0, 1.4, 2.0)}
"""The rows of the static mixture under WGAN-GP by its standard deviation."""


def mixtures(t: Table) -> str:
    rows = {
        "gmgan_dynamic": "dynamic mixture (d = 100, standard deviation 1.183 at the start)",
        "gmgan_static": "static mixture (d = 200, standard deviation 1)",
        "gan_dropout_0.3": "plain Gaussian with the same dropout (d = 100)",
        "gan_d200": "plain Gaussian without dropout (d = 200)",
    }
    dynamic, static, *_ = rows
    return (
        f"**Does a dynamic mixture ({t.mean(dynamic):.1f}) beat a static one ({t.mean(static):.1f})?** "
        f"{t.compared(dynamic, static)}. **Does a dynamic mixture beat a plain Gaussian?** "
        f"{against_gaussians(t, dynamic)}. **Does a static mixture beat a plain Gaussian?** "
        f"{against_gaussians(t, static)}. FID: {t.listed(rows)}."
    )


def against_gaussians(t: Table, mixture: str) -> str:
    """Returns in words whether a mixture has a lower FID than each of the two plain Gaussians."""
    same, plain = "gan_dropout_0.3", "gan_d200"
    return (
        f"With the same dropout ({t.mean(same):.1f}), {as_clause(t.compared(mixture, same))}; with d = 200 as in "
        f"document 001, and without dropout ({t.mean(plain):.1f}), {as_clause(t.compared(mixture, plain))}"
    )


def trained(t: Table) -> str:
    rows = {"gmgan_dynamic": "trained", "gmgan_dynamic_frozen": "never trained"}
    return (
        f"**Does training the mixture lower FID?** {t.compared(*rows)}. FID from the same initial mixture: "
        f"{t.listed(rows)}."
    )


def labels(t: Table) -> str:
    gaussian, dynamic, without = "gan_dropout_0.3", "gmgan_dynamic", "gmgan_dynamic_unlabelled"
    gain = t.lower(without, gaussian)
    gained, of = t.mean(gaussian) - t.mean(without), t.mean(gaussian) - t.mean(dynamic)
    over = f"the plain Gaussian with the same dropout ({t.mean(gaussian):.1f})"
    share = f", {100 * gained / of:.0f} % of the gain over {over}" if gain and of > 0 else ""
    return (
        "**Do labels explain the mixture's lower FID?** "
        f"{t.said_of(without, gaussian, NO_YES)}. FID of the same mixture: "
        f"{t.said(without)} without labels{share}; {t.said(dynamic)} with labels."
    )


def label_effects(t: Table) -> str:
    three = ("gan_dropout_0.3", "gmgan_dynamic_unlabelled", "gmgan_dynamic")
    return (
        "**What do labels change?** For the plain Gaussian, the mixture without labels and the mixture with labels: "
        f"separation between classes {t.shown(three, 'class_separation')}; diversity within classes "
        f"{t.shown(three, 'class_diversity')}; share of the rarest class {t.shown(three, 'class_least_share')}."
    )


def without_labels(t: Table) -> str:
    rows = {"gmgan_unsupervised": "mixture (d = 200, dropout 0.3)", "gan": "plain Gaussian (d = 100, no dropout)"}
    wasserstein = {"gmgan_static_wgan_gp": "mixture (d = 200)", "wgan_gp": "plain Gaussian (d = 100)"}
    return (
        f"**Does a static mixture help without labels and with batch norm?** {t.compared(*rows)}. FID: "
        f"{t.listed(rows)}. **Does it help under WGAN-GP?** {t.compared(*wasserstein)}. FID: {t.listed(wasserstein)}."
    )


def sigma(t: Table) -> str:
    first = DEVIATIONS[1.0]
    rows = {first: "1.0", **{row: str(std) for std, row in DEVIATIONS.items() if row != first}}
    shown = {row: str(std) for std, row in DEVIATIONS.items()}
    best = min(shown, key=t.mean)
    end = ", the largest that was tried" if best == [*shown][-1] else ""
    return (
        "**Which standard deviation is best for a static mixture under WGAN-GP (the documents: 1.0)?** The lowest mean "
        f"is at {shown[best]}{end}. Is FID lower than at 1.0? {t.each_compared(rows)}. FID: {t.listed(shown)}."
    )


def softmax(t: Table) -> str:
    rows = {
        "gmgan_softmax": "one softmax with a class for fakes, as in the document's text",
        "gmgan_static": "a sigmoid for each class, as in its formula",
    }
    return t.two_rows("Does a softmax beat sigmoids?", rows)


def components(t: Table) -> str:
    rows = {"gmgan_dynamic": "K = 10", "gmgan_k20": "K = 20", "gmgan_k50": "K = 50"}
    return f"**Do more Gaussians than classes help?** {t.each_compared(rows)}. FID: {t.listed(rows)}."


def alpha(t: Table) -> str:
    rows = {"mmgan_alpha_0.1": "alpha 0.1", "mmgan": "alpha 1", "mmgan_alpha_10.0": "alpha 10"}
    return (
        f"**What does MMGAN's alpha do?** FID: {t.listed(rows)}. Cluster accuracy, in the same order: "
        f"{t.shown([*rows], 'cluster_accuracy')}. FID without batch norm in the generator: "
        f"{t.said('mmgan_no_batch_norm')}."
    )
