"""Source document 004: slides of the project of document 003."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.neighbour_answers import tree
from gan_lab.reference.training_answers import divergences_of_fgan, tuned
from gan_lab.reference.wasserstein_answers import longer, unstable

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
        Entry(
            '"Hyperparameters from the paper", "FID = 70".',
            "The 50 epochs of `experiment=wgan_50_epochs` are from document 003, which reports 69.8.",
            longer,
        ),
        Entry(
            '"Generated Images".',
            "Ours, which nobody selected: [clipping, 50 epochs](../table/wgan_50_epochs.png), [penalty, 100 "
            "epochs](../table/wgan_gp_100_epochs.png).",
        ),
        Entry(
            "WGAN-GP's loss with lambda sum_i (‖∇D(x̂_i)‖ - 1)².",
            "A slip: the penalty is the mean over the batch. As printed, lambda would be N times as large: 64 times "
            "with our batches. The loss above it on the same slide has the mean.",
        ),
        Entry('"More stable."', "", unstable),
        Entry("FID = 35.5, precision = 0.45, recall = 0.27.", "", longer),
        Entry(
            '"What we\'ll try next": "Rejection Sampling (find a criterion)".',
            "Document 003 reports it, and its criterion is the Inception score of a batch: [the answer](003.md).",
        ),
        Entry(
            '"Fine tuning".',
            "`python -m gan_lab -m experiment=search_wgan_gp` searches learning rate, n_critic and lambda; "
            "`tuned_wgan` and `tuned_wgan_gp` are what short searches found.",
            tuned,
        ),
        Entry('"fGANS".', "`model=fgan` has nine divergences.", divergences_of_fgan),
        Entry(
            'Precision and recall by a k-d tree; VGG-16 "may not be suitable here".',
            "`python -m gan_lab.sensitivity` compares extractors.",
            tree,
        ),
    ),
    ("the same as document 003, and what only that document has: epochs, c, nd, lambda, rates, batch size N and k",),
)
