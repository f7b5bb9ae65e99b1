"""Source document 000: slides, "Generative Adversarial Networks for MNIST" (2023)."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.sampler_answers import sampler_kinds
from gan_lab.reference.training_answers import batch_norm, dropout, equal_steps, n_critic, stability
from gan_lab.reference.wasserstein_answers import (
    clipping,
    consistency,
    expressive,
    film,
    flavours,
    gradients,
    limits,
    weight,
)

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
        Entry(
            '"Lower dropout improved the overall performance of the model."',
            "The probabilities are not given, nor whether one of them was 0: 0, 0.3 and 0.5 are ours.",
            dropout,
            lower=(
                *(("gan_dropout_0.3", "gan_dropout_0.5"), ("gan_n1", "gan_dropout_0.3")),
                ("gan_n1", "gan_dropout_0.5"),
            ),
        ),
        Entry(
            '"Batch normalization didn\'t have much effect on the training."',
            "The network that has it is not named: we tried each.",
            batch_norm,
            alike=(("gan", "gan_n1"), ("gan_critic_batch_norm", "gan_n1")),
        ),
        Entry(
            "Figures 1 and 2: every iteration, and every 3 iterations. The next panels: FID and both losses for n = 1 "
            "and n = 2.",
            "[Drawn again](#figures).",
            equal_steps,
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
            '"The difference here is in the output of D, that becomes a score"; D is 1-Lipschitz.',
            "Critics give scores in all variants; losses that need a probability take the sigmoid.",
        ),
        Entry(
            '"Neural networks can approximate many functions so can find appropriate 1-Lipschitz functions. In '
            "practice "
            'we do not have a huge model. And constraining the model to choose such a function is the problem here."',
            "`python -m gan_lab.explain` measures the slopes of small critics: the answer to the statement on "
            "expressivity.",
        ),
        Entry(
            '"All parameters are constrained to [-c, c]."',
            "`penalty=[weight_clipping]` clips weights and biases after each critic step.",
        ),
        Entry(
            '"The loss of expressivity of D which is too constrained (learns very simple functions)."',
            "`python -m gan_lab.explain` draws what a clipped and a penalised critic learn in two dimensions.",
            expressive,
        ),
        Entry(
            '"Training the generator on this does not work very well, especially for slightly wrong c."',
            "Values of c are not given: ten times and a tenth of the usual 0.01 are ours, which is more than slightly "
            "wrong.",
            limits,
            lower=(("wgan_20_epochs", "wgan_limit_0.001"), ("wgan_20_epochs", "wgan_limit_0.1")),
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
            "\"Problem observed in [5] is that this is unable to bound the gradient almost everywhere. Doesn't explore "
            "whole support entirely. New proposition: CP (perturb real data point: penalty on gradient around "
            'manifold)."',
            "Slips: the paper's name is CT, and it bounds the difference of two scores of one real sample under two "
            "dropouts (`penalty=[consistency]`, Wei et al. 2018), and no gradient. DRAGAN penalises gradients around "
            "real samples, R1 at them.",
            consistency,
            lower=(("ct_gan_1000_images", "wgan_gp_1000_images"),),
        ),
        Entry(
            '"Finally we found several other flavours all attempting to improve on this problem. We plan on exploring '
            'some of those to compare the result and see what is best."',
            "Banach Wasserstein GAN (`model=bwgan`) and the quadratic transport cost (`model=wgan_qc`).",
            flavours,
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
        "the networks and their widths, optimizers, learning rates, batch size, latent dimension, length and seeds",
        "which network has batch norm, and how much dropout the critic has",
        "c, n_critic and the usual lambda of WGAN and WGAN-GP, and which c were tried",
        "the step size and the number of steps of DDLS, and the GAN that it starts from",
        "how many images FID was measured on, and on which features",
    ),
)
