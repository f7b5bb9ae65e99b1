"""Answers to the documents' claims about n_critic, dropout, batch norm and their settings, from the table's records."""

from statistics import mean

from gan_lab.reference.answer_table import UNREST, YES_NO, Table, as_clause
from gan_lab.reference.rows import REPORTED, TUNED


def n_critic(t: Table) -> str:
    rows = {"gan_n1": "n = 1", "gan_n2": "n = 2", "gan_n3": "n = 3"}
    return (
        "**Does training the generator less often help (`model.n_critic` = n: the generator is trained every n critic "
        f"steps)?** {t.each_compared(rows)}. FID after the same number of images: {t.listed(rows)}."
    )


def equal_steps(t: Table) -> str:
    (*_, steps), (*_, rare) = t.curve("gan_n3", "fid")
    often = min(zip(*t.curve("gan_n1", "fid"), strict=True), key=lambda point: abs(point[0] - steps))
    return (
        "**Does a generator that is trained less often catch up after the same number of its own steps?** FID on "
        f"validation images, seed 1: {often[1]:.0f} after {often[0]:,} steps with n = 1, {rare:.0f} after {steps:,} "
        "steps with n = 3."
    )


def stability(t: Table) -> str:
    rows = ("gan_n1", "gan_n2", "gan_n3")
    unrest = ", ".join(f"{t.mean(row, UNREST):.0f}" for row in rows)
    verdicts = "; ".join(
        f"n = {n}: {as_clause(t.said_of(row, 'gan_n1', YES_NO, UNREST))}" for n, row in ((2, rows[1]), (3, rows[2]))
    )
    return (
        f"**Is training more stable when the generator is trained less often?** {verdicts}. Stability is measured by "
        "the standard deviation of the critic's loss within half an epoch, as a share of its mean: "
        f"{unrest} % for n = 1, 2, 3."
    )


def dropout(t: Table) -> str:
    rows = {"gan_n1": "no dropout", "gan_dropout_0.3": "0.3", "gan_dropout_0.5": "0.5"}
    none, *some = rows
    changes = "; ".join(f"compared with {rows[row]}, {t.change(none, row)}" for row in some)
    lower, higher = some
    return (
        f"**Does lower dropout in the critic help?** With 0.3, compared with 0.5, {t.change(lower, higher)}. Without "
        f"dropout, {changes}. FID: {t.listed(rows)}. The share "
        f"of the rarest class among the samples is {t.shown([*rows], 'class_least_share')}, in the same order."
    )


def batch_norm(t: Table) -> str:
    rows = {"gan_n1": "without", "gan": "in the generator", "gan_critic_batch_norm": "in the critic"}
    return (
        f'**Does batch norm help (document 000: "didn\'t have much effect")?** {t.each_compared(rows)}. FID: '
        f"{t.listed(rows)}."
    )


def order(t: Table) -> str:
    """Returns in words whether our FID ranks the rows that the documents report in the same order."""
    rows = sorted(REPORTED, key=t.mean)
    reported = sorted(REPORTED, key=lambda row: float(REPORTED[row].replace(",", "").split()[0]))
    said = "Its means do" if rows == reported else "Its means do not"
    return (
        f"**Does our FID rank the rows as the documents do?** {said}. Ours: "
        f"{' < '.join(f'`{row}`' for row in rows)}; theirs: {' < '.join(f'`{row}`' for row in reported)}. "
        f"With batch norm in the generator, which the documents leave open, a plain GAN has {t.said('gan')}."
    )


def tuned(t: Table) -> str:
    pairs = "; ".join(f"`{own}` {t.said(own)}, `{theirs}` {t.said(theirs)}" for own, theirs in TUNED.items())
    return (
        "**Do some rows lag behind because of the documents' settings?** Each row that a short search tuned, and the "
        f"row that it started from: {pairs}. The tuned Wasserstein recipes take one critic step per generator step, "
        "which gives five times as many generator steps for the same number of images. With that many steps (100 "
        f"epochs), the documents' own settings reach {t.said('wgan_gp_100_epochs')}; with batch norm as the only "
        f"change (20 epochs), they reach {t.said('wgan_gp')}."
    )


def slower(t: Table) -> str:
    """Returns in words how long a training takes with the penalty and with clipping."""
    with_penalty, clipped = (
        mean(record["budget"]["cpu_seconds"] for record in t.of(row)) / 60
        for row in ("wgan_gp_20_epochs", "wgan_20_epochs")
    )
    return (
        f"**Does the penalty slow training down?** {with_penalty / clipped:.2f} times as long for the same number of "
        f"images: {with_penalty:.1f} CPU minutes instead of {clipped:.1f}, measuring included, which takes equally "
        f"long. "
        "The optimizers differ, too. [The speed of all variants](../speed.md) is without measuring."
    )


def loss_sensitive(t: Table) -> str:
    return f"**What does loss-sensitive GAN reach?** FID is {t.said('loss_sensitive')}."


def against_vanilla(t: Table) -> str:
    rows = {"gan_n1": "vanilla GAN", "wgan_20_epochs": "WGAN", "wgan_gp_20_epochs": "WGAN-GP"}
    longer = {"wgan_50_epochs": "WGAN, 50 epochs", "wgan_gp_100_epochs": "WGAN-GP, 100 epochs"}
    return (
        f"**Do WGAN and WGAN-GP improve on the vanilla GAN?** {t.each_compared(rows)}. FID: {t.listed(rows | longer)}."
    )


def divergences_of_fgan(t: Table) -> str:
    return f"**What does an f-GAN reach?** With the squared Hellinger distance, the default, FID is {t.said('fgan')}."
