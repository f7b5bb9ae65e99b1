"""Source document 001: slides on MMGAN and GM-GAN."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.mixture_answers import (
    alpha,
    collapse,
    components,
    eleven,
    encoder,
    headline,
    inter_class,
    labels,
    mixtures,
    reading,
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
            '"How can we improve the quality and diversity of the generation by working on the latent space?"',
            "Precision stands for quality here, and recall for diversity: the answers below show both.",
        ),
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
            "alpha, the weight of the encoder's loss in the generator's, stands in for its strength; no smaller "
            "encoder was trained.",
            encoder,
        ),
        Entry(
            "Algorithm 1.",
            "`gan_lab/model/mmgan.py` follows lines 4 to 13. Lines 10 and 11 print gradients where losses are meant. "
            "The two players take their steps one after the other, each with fresh samples. The algorithm prints z ~ "
            "N(0, I) and G(z, y) and no mixture: G(z, y) is read as G(mean + deviation z) of a trained mixture.",
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
            collapse,
        ),
        Entry(
            "Supervised static GM-GAN: means uniform in [-c, c]^d, covariance sigma I; the critic gives N numbers, N "
            "the number of classes.",
            "`prior.std` is a standard deviation, sqrt(sigma). L(D) prints y(x) in one term and f(y(x)) in the other: "
            "the class of a real sample is its y, and f maps Gaussians to classes, so the second is a slip where K is "
            "not N.",
        ),
        Entry(
            "sigma = 1.0, c = 1, K = 11, d = 200: FID 258.6.",
            'K = 11 is not explained; it may count "fake" as a class. Both ways of reading it are rows.',
            eleven,
        ),
        Entry(
            '"GM-GAN struggles with mode collapse and unstable training. WGAN-GP mitigates these issues by enforcing a '
            'smooth discriminator response, encouraging better convergence."',
            "The document's own numbers are 258.607 without WGAN-GP and 110.47 with it, at K = 11 and 10. Both rows "
            "differ in many settings; R1 on the same GM-GAN, which is in the answer, in one.",
            unstable_mixture,
            lower=(("gmgan_wgan_gp_std_1.0", "gmgan_static"),),
        ),
        Entry(
            "The loss of WGAN-GP, with a scalar f.",
            "GM-GAN's critic has N outputs, and which one is meant is not said. `model=gmgan_static_wgan_gp` has a "
            "single score and no labels; `model=gmgan_supervised_wgan_gp` uses the score of each sample's class.",
            without_labels,
        ),
        Entry(
            '"Changing the values of sigma." Best: sigma = 1.0, K = 10, d = 200, FID 110.5.',
            "Sigma is the variance there; ours are standard deviations, which at 1.0 is the same. Only 1.0 is printed: "
            "the other values are ours.",
            sigma,
            lower=tuple(
                ("gmgan_wgan_gp_std_1.0", f"gmgan_wgan_gp_std_{std}") for std in ("0.5", "0.7", "1.4", "2.0", "4.0")
            ),
        ),
        Entry(
            'Dynamic: "Learn the gaussian parameters!"', "", trained, lower=(("gmgan_static_trained", "gmgan_static"),)
        ),
        Entry(
            "Dynamic, sigma = 1.4, K = 10, d = 100: FID 15.67, best.",
            "The slide before prints sigma as a variance, so `model=gmgan_dynamic` starts at a deviation of 1.183.",
            reading,
        ),
        Entry(
            "Best model against baseline: GM-GAN (dynamic) 15.67 (0.55 / 0.29), vanilla GAN (d = 200) 27.73 (0.52 / "
            "0.2).",
            "Both rows differ in dimension, dropout and labels, too. The document's values are the platform's.",
            headline,
            lower=(("gmgan_dynamic", "gan_d200"),),
        ),
        Entry(
            "The same, with rows that differ in the latent distribution alone.",
            "This control is ours, with labels and without.",
            mixtures,
            lower=(("gmgan_dynamic", "gmgan_gaussian_d100"), ("gmgan_dynamic_unlabelled", "gan_dropout_0.3")),
        ),
        Entry(
            '"In what aspects is it better than the baseline?" "How can we explain it with the architecture of the '
            'GMGAN?"',
            "Rows with and without labels tell two parts of the architecture apart.",
            labels,
        ),
        Entry('"Improved inter-class diversity", "improved separation".', "", inter_class),
        Entry(
            "\"Increase the number of clusters, to try to map clusters to 'sub-classes' in the real data space.\"",
            "",
            components,
            lower=(("gmgan_k20", "gmgan_dynamic"), ("gmgan_k50", "gmgan_dynamic")),
        ),
        Entry(
            '"Optimize over the hyperparameters, and the initialization of means and variances, to reach higher recall '
            '/ better precision."',
            "`python -m gan_lab -m experiment=search_gmgan` varies standard deviation, K, d, c and the start of the "
            "means. No recipe has its best values yet.",
            searched,
        ),
        Entry(
            "The order of the six results of all documents, which none of them states.",
            "Four are this document's, two those of documents 003 and 004.",
            order,
        ),
    ),
    (
        "the data set (MNIST here), the networks and their widths, learning rates, batch size, length and seeds",
        "GM-GAN's optimizer (MMGAN's is Adam, without values)",
        "c of the mixture under WGAN-GP and of the dynamic one (1 here), and which sigmas were tried",
        "lambda and n_critic of WGAN-GP",
        "whether the dynamic model, and the one under WGAN-GP, have labels",
        "dropout of the critic (0.3 here, as in public code; none in the baseline), batch norm (none here)",
        "MMGAN's K, d and alpha (10, 100 and 1 here)",
        "which images and features the platform measures on",
    ),
)
