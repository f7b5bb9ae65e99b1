"""What the documents claim of turns, dropout, batch norm and their own settings, answered from the table's records."""

from gan_lab.reference.answer_table import Table
from gan_lab.reference.rows import REPORTED, TUNED


def n_critic(t: Table) -> str:
    rows = {"gan_n1": "n = 1", "gan_n2": "n = 2", "gan_n3": "n = 3"}
    said = f"{t.each_compared(rows)}. At an equal number of images: {t.listed(rows)}"
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


def batch_norm(t: Table) -> str:
    question = 'Does batch norm in the generator help (the documents: "no effect")?'
    return t.two_rows(question, {"gan": "with it", "gan_n1": "without"})


def order(t: Table) -> str:
    """Return whether the rows that documents report come in the same order by our FID."""
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
