"""Answers to the documents' claims about n_critic, dropout, batch norm and their settings, from the table's records."""

from gan_lab.reference.answer_table import YES_NO, Table
from gan_lab.reference.rows import REPORTED, TUNED


def n_critic(t: Table) -> str:
    rows = {"gan_n1": "n = 1", "gan_n2": "n = 2", "gan_n3": "n = 3"}
    never = {t.compared(row, "gan_n1") for row in ("gan_n2", "gan_n3")} == {YES_NO[False]}
    verdict = "No, neither for n = 2 nor for n = 3" if never else t.each_compared(rows)
    return (
        "**Does training the generator less often help (`model.n_critic` = n: the generator is trained every n critic "
        f"steps)?** {verdict}. FID after the same number of images: {t.listed(rows)}."
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
    unrest = ", ".join(f"{t.unrest(row):.0f}" for row in ("gan_n1", "gan_n2", "gan_n3"))
    return (
        "**Is training more stable when the generator is trained less often?** Within half an epoch, the standard "
        f"deviation of the critic's loss is {unrest} % of its mean for n = 1, 2, 3. One seed each cannot tell."
    )


def dropout(t: Table) -> str:
    rows = {"gan_n1": "no dropout", "gan_dropout_0.3": "0.3", "gan_dropout_0.5": "0.5"}
    none, *some = rows
    changes = "; ".join(f"compared with {rows[row]}, {t.change(none, row)}" for row in some)
    return (
        f"**Does lower dropout in the critic help?** Without dropout, {changes}. FID: {t.listed(rows)}. The share "
        f"of the rarest class among the samples is {t.shown([*rows], 'class_least_share')}, in the same order."
    )


def batch_norm(t: Table) -> str:
    question = 'Does batch norm in the generator help (the documents: "no effect")?'
    return t.two_rows(question, {"gan": "with batch norm", "gan_n1": "without"})


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
