"""Source document 001: slides on MMGAN and GM-GAN."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.mixture_answers import (
    alpha,
    components,
    eleven,
    encoder,
    label_effects,
    labels,
    mixtures,
    searched,
    sigma,
    softmax,
    trained,
    unstable_mixture,
    without_labels,
)
from gan_lab.reference.training_answers import order

DOCUMENT = Document(
    "001",
    "slides, *Generative Adversarial Networks*: MMGAN and GM-GAN",
    (
        Entry(
            "MMGAN: an encoder gives probabilities of the classes.",
            "`model=mmgan` (Pandeva & Schubert 2019, arXiv 1911.06663), whose encoder has the networks of the critic.",
        ),
        Entry(
            '"Hard to find the correct balance between the models, leading to vanishing gradients."',
            "[Gradients and clusters over the training](#figures).",
            alpha,
        ),
        Entry(
            '"Encoder should be strong enough to predict the right clusters, otherwise the generator cannot learn '
            'properly and collapse modes."',
            "",
            encoder,
        ),
        Entry(
            "Algorithm 1.",
            "`gan_lab/model/mmgan.py` follows lines 4 to 13. Lines 10 and 11 print gradients where losses are meant. "
            "The two players take their steps one after the other.",
        ),
        Entry(
            "GM-GAN: the latent distribution is a mixture whose means and deviations are fixed (static) or trained "
            "(dynamic).",
            "`prior=gaussian_mixture` (Ben-Yosef & Weinshall 2018, arXiv 1808.10356), whose paper was not at hand. "
            "Trained covariances are diagonal.",
        ),
        Entry(
            '"The discriminator now outputs a distribution of probabilities over classes." "The losses are '
            'cross-entropies on the (softmaxed) outputs of the discriminator, compared with labels."',
            "The formulas have one sigmoid for each class instead (`loss=class_bce`); `loss=class_softmax` is the "
            "text.",
            softmax,
        ),
        Entry(
            '"The generator is forced to reach every cluster in the objective space, and cannot collapse modes."',
            "",
            label_effects,
        ),
        Entry(
            "Supervised static GM-GAN: means uniform in [-c, c]^d, covariance sigma I.",
            "`prior.std` is a standard deviation, sqrt(sigma). The formulas write y(x) where f(y(x)) is meant.",
        ),
        Entry(
            "sigma = 1.0, c = 1, K = 11, d = 200: FID 258.6.",
            'K = 11 counts "fake" as a class. Both ways of reading it are rows.',
            eleven,
        ),
        Entry(
            '"GM-GAN struggles with mode collapse and unstable training. WGAN-GP mitigates these issues."',
            "The document's static GM-GAN under WGAN-GP differs in many settings; R1 on the same GM-GAN in one.",
            unstable_mixture,
            lower=(("gmgan_static_r1", "gmgan_static"),),
        ),
        Entry(
            "The loss of WGAN-GP for a critic with N outputs.",
            "Which output is meant is not said. `model=gmgan_static_wgan_gp` has a single score and no labels; "
            "`model=gmgan_supervised_wgan_gp` uses the score of each sample's class.",
            without_labels,
        ),
        Entry(
            '"Changing the values of sigma." Best: sigma = 1.0, K = 10, d = 200, FID 110.5.',
            "Sigma is the variance there; ours are standard deviations, which at 1.0 is the same.",
            sigma,
            lower=tuple(
                ("gmgan_wgan_gp_std_1.0", f"gmgan_wgan_gp_std_{std}") for std in ("0.5", "0.7", "1.4", "2.0", "4.0")
            ),
        ),
        Entry(
            'Dynamic: "Learn the gaussian parameters!"', "", trained, lower=(("gmgan_static_trained", "gmgan_static"),)
        ),
        Entry(
            "Dynamic, sigma = 1.4, K = 10, d = 100: FID 15.67 (0.55 / 0.29), best; vanilla GAN, d = 200: 27.73 "
            "(0.52 / 0.20).",
            "Rows that differ in the latent distribution alone answer this, with labels and without.",
            mixtures,
            lower=(("gmgan_dynamic", "gmgan_gaussian_d100"), ("gmgan_dynamic_unlabelled", "gan_dropout_0.3")),
        ),
        Entry('"Improved inter-class diversity", "improved separation".', "", labels),
        Entry("The order of the five results.", "", order),
        Entry(
            "\"Increase the number of clusters, to try to map clusters to 'sub-classes'.\"",
            "",
            components,
            lower=(("gmgan_k20", "gmgan_dynamic"), ("gmgan_k50", "gmgan_dynamic")),
        ),
        Entry(
            '"Optimize over the hyperparameters, and the initialization of means and variances."',
            "`python -m gan_lab -m experiment=search_gmgan` varies standard deviation, K, d, c and the start of the "
            "means. No recipe has its best values yet.",
            searched,
        ),
    ),
    (
        "widths of the networks, learning rates, batch size, length and seeds",
        "dropout of the critic (0.3 here, as in public code), batch norm (none here)",
        "MMGAN's K, d and alpha (10, 100 and 1 here)",
        "which images and features the platform measures on",
    ),
)
