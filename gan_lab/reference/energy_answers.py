"""Answers to document 002's claims about energy-based GANs, from the curves of `model=ebgan`."""

from gan_lab.reference.answer_table import Table

ROW = "ebgan"
ENERGIES = {"critic/energy_real": "reals", "critic/energy_fake": "fakes", "critic/energy_noise": "noise"}


def energies(t: Table, at: int) -> str:
    """Returns in words the mean energies in one of the fortieths of the training, seed 1."""
    return ", ".join(f"{t.curve(ROW, column)[1][at]:.3g} for {what}" for column, what in ENERGIES.items())


def pretrained(t: Table) -> str:
    return (
        "**What does pre-training give?** At the beginning of the game, after one pass over real images alone, the "
        f"mean energy is {energies(t, 0)}. FID at the end: {t.said(ROW)}."
    )


def limited(t: Table) -> str:
    return (
        "**Does the autoencoder value a limited region alone?** Its mean energies at the end of training are "
        f"{energies(t, -1)} ([over the training](../table/figures/energies.png))."
    )


def destroyed(t: Table) -> str:
    real, fake = (t.curve(ROW, f"critic/energy_{kind}")[1] for kind in ("real", "fake"))
    ratio = fake[-1] / real[-1]
    return (
        "**Are energies of fakes easily raised?** The mean energy of fakes is "
        f"{fake[0] / real[0]:.2f} times that of reals at the beginning of the game and {ratio:.2f} times at its end; "
        "the critic's loss asks for no more than the margin."
    )
