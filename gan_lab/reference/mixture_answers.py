"""Answers to the documents' claims about mixtures as latent distributions, from the table's records."""

from scipy.stats import spearmanr

from gan_lab.reference.answer_table import NO_YES, UNREST, YES_NO, Table, as_clause
from gan_lab.reference.rows import on_fashion, rows

DEVIATIONS = {std: f"gmgan_wgan_gp_std_{std}" for std in (0.5, 0.7, 1.0, 1.4, 2.0, 4.0)}
"""The rows of the static mixture under WGAN-GP by its standard deviation."""


MATCHED = {
    "dynamic, with labels": ("gmgan_dynamic", "gmgan_gaussian_d100"),
    "dynamic, without labels": ("gmgan_dynamic_unlabelled", "gan_dropout_0.3"),
    "static, with labels": ("gmgan_static", "gmgan_gaussian_d200"),
    "static, without labels": ("gmgan_static_unlabelled", "gan_d200_dropout_0.3"),
    "static, under WGAN-GP": ("gmgan_wgan_gp_std_1.0", "wgan_gp_d200"),
}
"""Rows with a mixture, and rows that differ from them in the latent distribution alone, which is a plain Gaussian."""


def mixtures(t: Table) -> str:
    """Returns in words whether mixtures have a lower FID than plain Gaussians of the same dimension, with the same loss
    and dropout, and whether a dynamic one has a lower FID than a static one."""
    against = "; ".join(f"{what}: {as_clause(t.compared(*pair))}" for what, pair in MATCHED.items())
    listed = "; ".join(f"{what}: {t.said(one)} against {t.said(other)}" for what, (one, other) in MATCHED.items())
    return (
        "**Does a mixture beat a plain Gaussian (same loss, same dropout, same dimension)?** "
        f"{against}. FID, mixture against Gaussian: {listed}. The document's baseline (d = 200, no dropout, no labels) "
        f"has {t.said('gan_d200')}. **Does the document's dynamic mixture beat its static one?** "
        f"{t.compared('gmgan_dynamic', 'gmgan_static')}."
    )


def trained(t: Table) -> str:
    pairs = {
        "d = 100, standard deviation 1.183": ("gmgan_dynamic", "gmgan_dynamic_frozen"),
        "d = 200, standard deviation 1": ("gmgan_static_trained", "gmgan_static"),
    }
    said = "; ".join(
        f"{what}: {as_clause(t.compared(*pair))} ({t.said(pair[0])} trained, {t.said(pair[1])} fixed)"
        for what, pair in pairs.items()
    )
    return f"**Does training the mixture lower FID?** From the same start, {said}."


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


def inter_class(t: Table) -> str:
    three = ("gan_d200", "gmgan_dynamic_unlabelled", "gmgan_dynamic")
    return (
        "**Are classes better balanced and separated than with the baseline?** For the baseline, the mixture without "
        f"labels and the mixture with labels: share of the rarest class {t.shown(three, 'class_least_share')}; "
        f"separation between classes {t.shown(three, 'class_separation')}; diversity within classes "
        f"{t.shown(three, 'class_diversity')}."
    )


def collapse(t: Table) -> str:
    """Returns in words whether a labelled mixture reaches every class, and how much samples of a class vary."""
    rows = ("gan_d200", "gmgan_static", "gmgan_dynamic")
    within = [t.mean(row, "class_diversity") for row in rows]
    less = " With labels, samples of a class vary less." if max(within[1:]) < within[0] else ""
    return (
        f"**Can modes collapse?** For the baseline, the static and the dynamic mixture with labels: share of the "
        f"rarest class {t.shown(rows, 'class_least_share')}; recall {t.shown(rows, 'recall_k3')}; diversity within "
        f"classes {t.shown(rows, 'class_diversity')}.{less}"
    )


def without_labels(t: Table) -> str:
    own = {"gmgan_unsupervised": "mixture", "gan_d200_dropout_0.3_batch_norm": "plain Gaussian"}
    wasserstein = {"gmgan_static_wgan_gp": "mixture", "wgan_gp_d200_batch_norm": "plain Gaussian"}
    return (
        "**Does a static mixture help without labels and with batch norm in the generator (d = 200)?** "
        f"{t.compared(*own)}. FID: {t.listed(own)}. **Does it help under WGAN-GP?** {t.compared(*wasserstein)}. FID: "
        f"{t.listed(wasserstein)}. With labels, each class having its own score, FID is "
        f"{t.said('gmgan_supervised_wgan_gp')}."
    )


def headline(t: Table) -> str:
    """Returns in words whether the document's best model beats its baseline in all three measures."""
    one, other = "gmgan_dynamic", "gan_d200"
    gains = [t.mean(one, measure) > t.mean(other, measure) for measure in ("precision_k3", "recall_k3")]
    higher = ["higher" if gain else "not higher" for gain in gains]
    return (
        f"**Does the document's best model beat its baseline?** {t.compared(one, other)}. {t.said(one)} against "
        f"{t.said(other)}: precision is {higher[0]}, recall is {higher[1]}."
    )


def reading(t: Table) -> str:
    rows = {"gmgan_dynamic": "deviation 1.183", "gmgan_dynamic_std_1.4": "deviation 1.4"}
    return f"**Is a sigma of 1.4 a variance or a deviation?** FID: {t.listed(rows)}."


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


def eleven(t: Table) -> str:
    rows = {"gmgan_static": "K = 10", "gmgan_static_k11": "K = 11, the eleventh Gaussian for a second kind of 0"}
    fake = {
        "gmgan_softmax": 'never asked for "fake", K = 10',
        "gmgan_softmax_k11": 'asked for "fake" by one sample in eleven, K = 11',
    }
    return (
        f"**What does K = 11 do (the document: FID 258.6)?** With sigmoids: {as_clause(t.compared(*[*rows][::-1]))}. "
        f'FID: {t.listed(rows)}. With a softmax over ten classes and "fake", FID is {t.listed(fake)}.'
    )


def unstable_mixture(t: Table) -> str:
    bare, penalised, wgan = "gmgan_static", "gmgan_static_r1", "gmgan_wgan_gp_std_1.0"
    shown = (
        f"`{row}` {t.mean(row, UNREST):.1f} %, recall {t.mean(row, 'recall_k3'):.2f}" for row in (bare, penalised, wgan)
    )
    return (
        "**Is GM-GAN unstable, and does a gradient penalty mitigate it?** Does R1 make the critic's loss vary less? "
        f"{t.said_of(penalised, bare, YES_NO, UNREST)}. Does it lower FID? {t.compared(penalised, bare)}. Variation of "
        f"the critic's loss within half an epoch, and recall, which is low where modes collapse: {'; '.join(shown)}. "
        f"FID: {t.listed({bare: 'without', penalised: 'with R1', wgan: 'under WGAN-GP'})}."
    )


def encoder(t: Table) -> str:
    rows = {"mmgan_alpha_0.1": "alpha 0.1", "mmgan": "alpha 1", "mmgan_alpha_10.0": "alpha 10"}
    parts = (
        f"{label}: it uses {t.last(row, 'generator/clusters_used'):.1f} of 10 clusters for real digits, with a "
        f"confidence of {t.last(row, 'generator/confidence'):.2f}, and finds the cluster of "
        f"{100 * t.last(row, 'generator/cluster_accuracy'):.0f} % of the fakes; the rarest class has a share of "
        f"{t.mean(row, 'class_least_share'):.3f}, and recall is {t.mean(row, 'recall_k3'):.2f}"
        for row, label in rows.items()
    )
    return f"**How strong is the encoder at the end of training?** {'; '.join(parts)}."


def searched(t: Table) -> str:
    rows = {"tuned_gmgan_dynamic": "best of the search", "gmgan_dynamic": "the document's values"}
    return t.two_rows("Does a search over the mixture and its start lower FID?", rows)


def fashion(t: Table) -> str:
    """Returns in words whether rows have the same order on Fashion-MNIST as on MNIST."""
    clothes = (name.removesuffix("_fashion_mnist") for name in rows() if on_fashion(name))
    names = [name for name in clothes if name in rows()]
    pairs = [(t.mean(name), t.mean(f"{name}_fashion_mnist")) for name in names]
    correlation = spearmanr(*zip(*pairs, strict=True)).statistic
    listed = "; ".join(f"`{name}` {one:.1f} and {two:.1f}" for name, (one, two) in zip(names, pairs, strict=True))
    return (
        "**Are rows ranked on other data as on MNIST?** FID on MNIST and on Fashion-MNIST, which are measured by "
        f"classifiers of their own and cannot be compared: {listed}. Spearman's correlation of the ranks is "
        f"{correlation:.2f}."
    )


def components(t: Table) -> str:
    rows = {"gmgan_dynamic": "K = 10", "gmgan_k20": "K = 20", "gmgan_k50": "K = 50"}
    return f"**Do more Gaussians than classes help?** {t.each_compared(rows)}. FID: {t.listed(rows)}."


def alpha(t: Table) -> str:
    rows = {"mmgan_alpha_0.1": "alpha 0.1", "mmgan": "alpha 1", "mmgan_alpha_10.0": "alpha 10"}
    norm, of = "parameter_gradient_norm", ("mmgan", "mmgan_no_batch_norm")
    vanish = "; ".join(
        f"`{row}` {t.last(row, f'generator/{norm}'):.2g} for generator, mixture and encoder together and "
        f"{t.last(row, 'generator/encoder_gradient_norm'):.2g} for the encoder"
        for row in of
    )
    return (
        f"**What does MMGAN's alpha do?** FID: {t.listed(rows)}. Cluster accuracy, in the same order: "
        f"{t.shown([*rows], 'cluster_accuracy')}. FID without batch norm in the generator: "
        f"{t.said('mmgan_no_batch_norm')}. **Do gradients vanish?** Norm of the gradient in the last tenth of the "
        f"training: {vanish}."
    )
