"""What the documents claim of mixtures as latent distributions, answered from the table's records."""

from gan_lab.reference.answer_table import Table


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
        "**Do labels explain the gain of the mixture?** FID: "
        f"{t.verdict(None if gain is None else not gain, without, gaussian)}: without "
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
    return t.two_rows("Does a softmax beat sigmoids?", rows)


def components(t: Table) -> str:
    rows = {"gmgan_dynamic": "K = 10", "gmgan_k20": "K = 20", "gmgan_k50": "K = 50"}
    return f"**Do more Gaussians than classes help?** {t.each_compared(rows)}. FID for {t.listed(rows)}."


def alpha(t: Table) -> str:
    rows = {"mmgan_alpha_0.1": "alpha 0.1", "mmgan": "alpha 1", "mmgan_alpha_10.0": "alpha 10"}
    return (
        f"**What does MMGAN's alpha do?** {t.listed(rows)}. Share of samples whose cluster is one class: "
        f"{t.shown([*rows], 'cluster_accuracy')}. Without batch norm in the generator: {t.said('mmgan_no_batch_norm')}."
    )
