"""Source document 003: report of a student project (2024)."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.mixture_answers import fashion
from gan_lab.reference.neighbour_answers import tree
from gan_lab.reference.sampler_answers import consistent, larger_batches, rejection, sampler_kinds
from gan_lab.reference.training_answers import slower, tuned
from gan_lab.reference.wasserstein_answers import clipping, estimate, limits, longer, unstable

DOCUMENT = Document(
    "003",
    "report of a student project, *Data Science Lab Project 2* (2024)",
    (
        Entry(
            "WGAN and WGAN-GP improve on the vanilla GAN in quality and in quantitative metrics (conclusion).",
            "With the documents' settings their generators take a fifth of the steps for the same images.",
            tuned,
        ),
        Entry(
            "The Wasserstein distance, its dual, and the min-max problem.",
            '`loss=wasserstein`. "The loss of the discriminator" in section 2.3 is the value that it maximises; the '
            "loss is its negative.",
        ),
        Entry(
            "Algorithm 1: alpha 0.00005, c 0.01, m 64, n_critic 5, RMSProp.",
            "`model=wgan` has these. The figure prints n_critic + 1 steps (t = 0, ..., n_critic).",
        ),
        Entry(
            '"When training is complete, ... this expression should tend towards 0."',
            "",
            estimate,
        ),
        Entry(
            '"The learning curve is unstable (with the pike around 8 epochs)"; that of WGAN-GP "is much smoother".',
            "",
            unstable,
        ),
        Entry(
            '"After 50 epochs, we obtained an FID = 69.8"; WGAN-GP after 100 epochs: 35.5 (0.45 / 0.27), "half that '
            "of the "
            'original WGAN".',
            "They differ in constraint, optimizer, rate and length.",
            longer,
        ),
        Entry(
            '"Weight clipping can lead to vanishing gradients if the clipping constant is too small or the model can '
            "fail "
            'to converge if it is too large."',
            "[Document 000](000.md) has the gradients by layer.",
            limits,
        ),
        Entry(
            'WGAN-GP instead of clipping leads "to enhanced stability and higher-quality image generation".',
            "",
            clipping,
            lower=(("wgan_gp_20_epochs", "wgan_adam"),),
        ),
        Entry(
            "The penalty pushes gradients towards 1, and \"empirically it doesn't constrain the discriminator too "
            'much".',
            "The one-sided penalty is compared with it in [document 002](002.md).",
        ),
        Entry(
            "Algorithm 1 of WGAN-GP (figure 4).",
            "`model=wgan_gp` has these values. The figure prints x̂ for the generated sample and the generator's "
            "loss with the wrong sign.",
        ),
        Entry(
            '"Computationally expensive and slows down the training of our model."',
            "",
            slower,
        ),
        Entry(
            "Rejection sampling by Inception score: 5.37 without, threshold 5.4: FID from 64.2 to 62.2; 5.45: 59.9; "
            "with 1,000 images 24.4.",
            "`sampler=batch_inception_score` keeps whole batches, as the document does. FID of few images is too "
            "high, so that settings are compared at the same number.",
            rejection,
        ),
        Entry(
            '"Raising the threshold beyond 5.5 is impractical."',
            "Our thresholds are quantiles of the generator's own scores, so that the share that is accepted is known.",
        ),
        Entry(
            'Latent reweighting (Issenhuth et al. 2022): "we were not able to observe a significant difference".',
            "`sampler=latent_reweighting`, `latent_ascent` and both together.",
            sampler_kinds,
        ),
        Entry(
            "FID by Inception-v3, precision and recall by VGG-16 and k = 3.",
            "`metric=inception` and `metric=vgg16`, from files of weights that one has; this table uses a classifier "
            "of digits.",
        ),
        Entry(
            '"This method proved very sensitive to k and to the number of samples"; features of a small classifier '
            '"did '
            'not provide consistent results".',
            "",
            consistent,
        ),
        Entry(
            '"Computationally expensive without an efficient algorithm"; "our initial kd-tree approach to be '
            "inefficient "
            'in this setting".',
            "Neighbours are found by a blocked search (`gan_lab/metric/neighbours.py`).",
            tree,
        ),
        Entry(
            '"Using larger batches for FID calculations provided more stable results."',
            "",
            larger_batches,
        ),
        Entry(
            'Future work: "the balance between quality and generation speed".',
            "Every sampler's cost stands beside its quality in [the samplers' tables](../samplers/README.md).",
        ),
        Entry(
            'Future work: "other datasets".',
            "Seven rows on Fashion-MNIST, and four on 500 of its images.",
            fashion,
        ),
    ),
    (
        "widths of the networks, latent dimension, and seeds",
        "the vanilla GAN's settings and its FID",
        "settings of latent reweighting",
        "which images the platform measures on",
    ),
)
