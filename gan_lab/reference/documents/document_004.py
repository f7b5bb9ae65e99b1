"""Source document 004: slides of the project of document 003."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.neighbour_answers import tree
from gan_lab.reference.training_answers import divergences_of_fgan
from gan_lab.reference.wasserstein_answers import clipping, longer, unstable

DOCUMENT = Document(
    "004",
    "slides of the project of document 003",
    (
        Entry("The Wasserstein distance, its dual and the loss of WGAN.", "As in [document 003](003.md)."),
        Entry(
            '"Don\'t use a sigmoid at the output of D"; clip the weights; RMSProp; the loss is mean D(G(z)) - mean '
            "D(x).",
            "`model=wgan`.",
        ),
        Entry('"Hyperparameters from the paper. FID = 70."', "", clipping, lower=(("wgan_gp_20_epochs", "wgan_adam"),)),
        Entry(
            "WGAN-GP's loss with lambda sum_i (‖∇D(x̂_i)‖ - 1)².",
            "A slip: the penalty is the mean over the batch. As printed, lambda would be 64 times as large.",
        ),
        Entry('"More stable."', "", unstable),
        Entry("FID = 35.5, precision = 0.45, recall = 0.27.", "", longer),
        Entry(
            "To be tried next: rejection sampling.",
            "Document 003 reports it: [the answer](003.md).",
        ),
        Entry("To be tried next: f-GANs.", "`model=fgan` has nine divergences.", divergences_of_fgan),
        Entry(
            'Precision and recall by a k-d tree; VGG-16 "may not be suitable here".',
            "`python -m gan_lab.sensitivity` compares extractors.",
            tree,
        ),
    ),
    ("the same as document 003",),
)
