"""Source document 000: slides, "Generative Adversarial Networks for MNIST" (2023)."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.sampler_answers import sampler_kinds
from gan_lab.reference.training_answers import batch_norm, dropout, equal_steps, n_critic, stability
from gan_lab.reference.wasserstein_answers import clipping, consistency, expressive, film, gradients, limits, weight

DOCUMENT = Document(
    "000",
    "slides, *Generative Adversarial Networks for MNIST* (2023)",
    (
        Entry(
            "The generator is trained every n epochs (also: every 3 iterations).",
            "`model.n_critic` = n trains it every n critic steps. The two sentences differ; in epochs it would be n "
            "epochs of a critic against a generator that stands still. The document shows n = 1, 2 and 3 without "
            "values.",
            n_critic,
        ),
        Entry(
            '"Training the generator less often than the discriminator leads to a more stable training."',
            "",
            stability,
        ),
        Entry("Figures 1 to 4: FID and both losses for n = 1, 2, 3.", "[Drawn again](#figures).", equal_steps),
        Entry(
            '"Lower dropout improved the overall performance of the model."',
            "The probabilities are not given: 0.3 and 0.5 are ours.",
            dropout,
            lower=(("gan_n1", "gan_dropout_0.3"), ("gan_n1", "gan_dropout_0.5")),
        ),
        Entry(
            '"Batch normalization didn\'t have much effect on the training."',
            "The network that has it is not named: we tried each.",
            batch_norm,
            alike=(("gan", "gan_n1"), ("gan_critic_batch_norm", "gan_n1")),
        ),
        Entry(
            "Equation 1: the vanilla GAN's value, E log D(x) + E [1 - log D(G(z))].",
            "A slip: the second term is E log(1 - D(G(z))). `loss=minimax` is this value, `loss=non_saturating` the "
            "generator's loss that Goodfellow et al. 2014 train with.",
        ),
        Entry(
            "Equation 2: the Wasserstein GAN's value, with [1 - log D(x̂)] on interpolated samples x̂.",
            "A slip: the value is E D(x) - E D(G(z)), and x̂ belongs to the penalty alone. See `loss=wasserstein`.",
        ),
        Entry(
            '"The output of D becomes a score", and D is 1-Lipschitz.',
            "Critics give scores in all variants; losses that need a probability take the sigmoid.",
        ),
        Entry(
            '"All parameters are constrained to [-c, c]."',
            "`penalty=[weight_clipping]` clips weights and biases after each critic step.",
        ),
        Entry(
            '"Neural networks can approximate many functions so can find appropriate 1-Lipschitz functions. In '
            "practice "
            'we do not have a huge model. And constraining the model to choose such a function is the problem."',
            "`python -m gan_lab.explain` measures the slopes of small critics: the answer below.",
        ),
        Entry(
            '"Training the generator on this does not work very well, especially for slightly wrong c."',
            "Values of c are not given: ten times and a tenth of the usual 0.01 are ours.",
            limits,
            lower=(("wgan_20_epochs", "wgan_limit_0.001"), ("wgan_20_epochs", "wgan_limit_0.1")),
        ),
        Entry(
            '"The loss of expressivity of D which is too constrained (learns very simple functions)."',
            "`python -m gan_lab.explain` draws what a clipped and a penalised critic learn in two dimensions.",
            expressive,
        ),
        Entry(
            '"In theory this way often leads to vanishing or exploding gradients."',
            "",
            gradients,
        ),
        Entry(
            "The penalty, E (‖∇D(x̂)‖ - 1)² with x̂ uniform on the lines between real and generated samples.",
            "`penalty=[gradient]`, with the norm over all pixels of an image.",
        ),
        Entry(
            'The penalty "doesn\'t explore the whole support"; the proposed term perturbs real samples and penalises '
            "the gradient there.",
            "A slip: Wei et al. 2018 compare two passes of one real sample under dropout (`penalty=[consistency]`). "
            "Penalties around real samples are DRAGAN's and R1.",
            consistency,
            lower=(("ct_gan_1000_images", "wgan_gp_1000_images"),),
        ),
        Entry(
            "Banach Wasserstein GAN and the quadratic transport cost are to be compared.",
            "`model=bwgan` and `model=wgan_qc`: their rows are in [the table](../README.md#the-other-models).",
        ),
        Entry("Figures 5 and 6: one latent code over the epochs, penalty and clipping.", "", film),
        Entry("Figures 7 and 8: losses and FID with penalty and with clipping.", "[Drawn again](#figures).", clipping),
        Entry("Figure 9: the penalty with lambda = 3.", "It is compared with the usual lambda of 10.", weight),
        Entry(
            "Discriminator-driven latent sampling improves on a pretrained GAN.",
            "`sampler=ddls` (Che et al. 2020). Slips: p is proportional to p_g(x) exp d(x), the energy is "
            "-log p_0(z) - d(G(z)), and the gradient is taken with respect to z. That it draws "
            "from the data where the critic is optimal is a test of its law.",
            sampler_kinds,
        ),
        Entry(
            '"Possible merger of WGAN and DDLS methods."',
            "A Wasserstein critic is no log-ratio of densities: `sampler=ddls` calibrates it first, or takes it as an "
            "energy (`sampler.calibration=energy`). Both are in [the samplers' tables](../samplers/README.md).",
        ),
    ),
    (
        "widths of the networks, learning rates, batch size, latent dimension, length and seeds",
        "which network has batch norm, and how much dropout the critic has",
        "the settings of WGAN, WGAN-GP and DDLS",
        "how many images FID was measured on, and on which features",
    ),
)
