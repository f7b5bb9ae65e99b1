"""Source document 003: report of a student project (2024)."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.mixture_answers import fashion
from gan_lab.reference.neighbour_answers import tree
from gan_lab.reference.sampler_answers import consistent, larger_batches, rejection, sampler_kinds
from gan_lab.reference.training_answers import against_vanilla, slower, tuned
from gan_lab.reference.wasserstein_answers import clipping, estimate, limits, longer, unstable

DOCUMENT = Document(
    "003",
    "report of a student project, *Data Science Lab Project 2* (2024)",
    (
        Entry(
            'The WGAN has "instability and slow convergence"; WGAN-GP leads "to enhanced stability and higher-quality '
            'image generation" (introduction).',
            "",
            clipping,
            lower=(("wgan_gp_20_epochs", "wgan_adam"),),
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
            '"The learning curve shown in Figure 2 is unstable (with the pike around 8 epochs)"; that of WGAN-GP "is '
            'much smoother".',
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
            "The penalty pushes gradients towards 1, and \"empirically that it doesn't constrain the discriminator "
            'too much".',
            "The one-sided penalty is compared with it in [document 002](002.md).",
        ),
        Entry(
            "Algorithm 1 of WGAN-GP (figure 4): lambda 10, n_critic 5, alpha 0.0001, beta1 0, beta2 0.9; Adam instead "
            "of RMSProp.",
            "`model=wgan_gp` has these values, and WGAN's batches of 64, since m has no value there. The figure prints "
            "x̂ for the generated sample and the generator's loss with the wrong sign.",
        ),
        Entry(
            '"Computationally expensive and slows down the training of our model."',
            "",
            slower,
        ),
        Entry(
            'Figures 3 and 6: digits "whose appearance are not really satisfying", and "much more satisfying" ones.',
            "Ours, which nobody selected: [clipping, 50 epochs](../table/wgan_50_epochs.png), [penalty, 100 "
            "epochs](../table/wgan_gp_100_epochs.png).",
        ),
        Entry(
            "A sample is accepted if p(y|x) is above a threshold (section 4.1).",
            "A slip: section 4.3 filters whole batches by their Inception score, which a single image does not have. "
            "`sampler=confidence` is section 4.1, and `sampler=batch_inception_score` is 4.3. Into how many groups "
            "images are split for the score is not said.",
        ),
        Entry(
            "Rejection sampling by Inception score, 100 images: 5.37 and FID 64.24 without; threshold 5.4: 5.50 and "
            "62.22; 5.45: 59.87.",
            "`sampler=batch_inception_score` keeps whole batches, as the document does.",
            rejection,
        ),
        Entry(
            '"Raising the threshold beyond 5.5 is impractical."',
            "Our thresholds are quantiles of the generator's own scores, so that the share that is accepted is known.",
        ),
        Entry(
            'With 1,000 images and 5.45, FID 24.43, "which demonstrates the effectiveness of our approach".',
            "A slip: 59.87 and 24.43 differ in the number of images, and FID of few images is too high, as the "
            "document says itself of 64.24. The answer before compares settings at the same number.",
        ),
        Entry(
            'Latent reweighting (Issenhuth et al. 2022): "we were not able to observe a significant difference between '
            'the scores of images that looked real and others".',
            "The statement is on the scores of single images; ours is FID with `sampler=latent_reweighting`, "
            "`latent_ascent` and both, and without.",
            sampler_kinds,
        ),
        Entry(
            '"It is however likely that better hyperparameters could give satisfying results", "albeit with a '
            'different discriminator architecture".',
            "Two strengths of the constraint on the weights are in [the samplers' tables](../samplers/README.md).",
        ),
        Entry(
            "FID by Inception-v3, precision and recall by VGG-16 and k = 3.",
            "`metric=inception` and `metric=vgg16`, from files of weights that one has; this table uses a classifier "
            "of digits.",
        ),
        Entry(
            '"This method proved very sensitive to k and to the number of samples"; "Overall, we were unable to obtain '
            'a consistent algorithm for computing precision and recall."',
            "",
            consistent,
        ),
        Entry(
            '"Computationally expensive without an efficient algorithm"; "our initial kd-tree approach to be '
            'inefficient in this setting".',
            "Neighbours are found by a blocked search (`gan_lab/metric/neighbours.py`).",
            tree,
        ),
        Entry(
            '"The use of Inception-v3 and VGG-16 networks is questionable given that those models are unnecessarily '
            'large and were trained on real pictures."',
            "We agree: the table measures by a classifier of digits.",
        ),
        Entry(
            'Features of a small classifier of digits: "This approach proved unsuccessful and did not provide in '
            'consistent results."',
            "How such a classifier must be trained to be consistent, and how that is tested, is told on [the page of "
            "measures](../../../gan_lab/metric/README.md#what-the-metrics-look-through).",
        ),
        Entry(
            '"Starting with a vanilla GAN, we observed significant improvements in both visual quality and '
            'quantitative metrics through the implementation of WGAN and WGAN-GP" (conclusion).',
            "The vanilla GAN's settings and FID are not given: ours is `gan_n1`. After the same number of images, the "
            "Wasserstein generators have had a fifth of its steps.",
            against_vanilla,
            lower=(("wgan_20_epochs", "gan_n1"), ("wgan_gp_20_epochs", "gan_n1")),
        ),
        Entry("The same with better settings.", "This control is ours.", tuned),
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
        "the networks and their widths, latent dimension, and seeds",
        "the vanilla GAN's settings and its FID",
        "the batch size of WGAN-GP, and where FID 69.8 was measured",
        "the classifier, the groups and the number of batches of the Inception score",
        "settings of latent reweighting",
        "other k than 3, and the layers of Inception-v3 and VGG-16",
        "which 10,000 images the platform measures on",
    ),
)
