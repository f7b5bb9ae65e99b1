"""Source document 002: lecture, "Tips for Improving GAN"."""

from gan_lab.reference.documents.entry import Document, Entry
from gan_lab.reference.energy_answers import destroyed, limited, pretrained
from gan_lab.reference.training_answers import loss_sensitive
from gan_lab.reference.wasserstein_answers import (
    divergences,
    expressive,
    one_sided,
    places,
    separable,
    unconstrained,
    unsquared,
)

DOCUMENT = Document(
    "002",
    "lecture, *Tips for Improving GAN*",
    (
        Entry(
            '"In most cases, P_G and P_data are not overlapped": low-dimensional manifolds, and too few samples. "JS '
            'divergence is log 2 if two distributions do not overlap."',
            "`python -m gan_lab.explain` computes both on distributions that are shifted apart.",
            divergences,
        ),
        Entry(
            '"If two distributions do not overlap, binary classifier achieves 100 % accuracy"; "same objective value '
            "is "
            'obtained".',
            "`python -m gan_lab.explain` trains that classifier. Critics log their `accuracy` in every run.",
            separable,
        ),
        Entry(
            '"Least Square GAN: replace sigmoid with linear (replace classification with regression)."',
            "`model=lsgan` (Mao et al. 2017). Its row is in [the table](../README.md#the-other-models).",
        ),
        Entry(
            "The earth mover's distance: the plan with the smallest average distance; \"There many possible "
            'moving plans".',
            "`metric=points` computes it exactly on 2-D data, and `gan_lab/maths/assignment.py` finds the plan.",
        ),
        Entry(
            '"Evaluate wasserstein distance between P_data and P_G": V(G, D), the maximum over 1-Lipschitz critics.',
            "",
            expressive,
        ),
        Entry(
            '"D has to be smooth enough. Without the constraint, the training of D will not converge. Keeping the D '
            'smooth forces D(x) become ∞ and -∞."',
            "The last sentence is a slip: it is the critic without a constraint whose scores run away.",
            unconstrained,
        ),
        Entry(
            "Weight clipping: after each update, if w > c then w = c, and if w < -c then w = -c.",
            "`penalty=[weight_clipping]`.",
        ),
        Entry(
            "A Lipschitz function: ‖f(x1) - f(x2)‖ ≤ K ‖x1 - x2‖, K = 1 for 1-Lipschitz.",
            "Clipping makes the critic K-Lipschitz for a K that nobody chooses.",
        ),
        Entry(
            '"A differentiable function is 1-Lipschitz if and only if it has gradients with norm less than or equal to '
            '1 everywhere."',
            "Networks with leaky ReLUs are not differentiable everywhere; the statement holds for their slopes.",
        ),
        Entry(
            "Improved WGAN: -lambda times the integral of max(0, ‖∇D(x)‖ - 1) over all x, then its mean over "
            "P_penalty, titled WGAN-GP.",
            "A slip: Gulrajani et al. 2017 square it and penalise short gradients, too (`penalty=[gradient]`). "
            "One-sided and squared it is WGAN-LP (Petzka et al. 2018); as printed it is "
            "`penalties.gradient.form=one_sided_unsquared`.",
            unsquared,
        ),
        Entry(
            '"Given that enforcing the Lipschitz constraint everywhere is intractable, enforcing it only along these '
            'straight lines seems sufficient and experimentally results in good performance."',
            "Penalties say where they look: on the lines (`gradient`), around real samples (`dragan`), on real or "
            "generated ones (`r1`, `r2`). The rows differ in the loss too, so they do not compare places.",
            places,
        ),
        Entry(
            '"Simply penalizing overly large gradients also works in theory, but experimentally we found that this '
            'approach converged faster and to better optima."',
            "",
            one_sided,
            lower=(("wgan_gp_20_epochs", "wgan_gp_one_sided"),),
        ),
        Entry(
            '"Spectral Normalization → Keep gradient norm smaller than 1 everywhere."',
            "`model=sngan` (Miyato et al. 2018), which logs each layer's spectral norm. Its row is in [the "
            "table](../README.md#the-other-models).",
        ),
        Entry(
            "Algorithm of WGAN: k critic steps, the generator once; the generator minimises mean log D(x) - mean "
            "D(G(z)).",
            'The first term does not depend on the generator, and its log is left over from the GAN. "No sigmoid for '
            'the output of D": critics give scores.',
        ),
        Entry(
            'EBGAN: the negative reconstruction error of an autoencoder; it "can be pre-train by real images without '
            'generator".',
            "`model=ebgan` pre-trains it for one pass (`model.pretraining_epochs`).",
            pretrained,
        ),
        Entry(
            '"Auto-encoder based discriminator only gives limited region large value."',
            "",
            limited,
        ),
        Entry('"Hard to reconstruct, easy to destroy."', "The margin limits how much fakes are destroyed.", destroyed),
        Entry(
            "Outlook: loss-sensitive GAN.",
            "`model=loss_sensitive` (Qi 2017). The slide abbreviates it LSGAN, as the least-squares GAN.",
            loss_sensitive,
        ),
    ),
    (
        "all settings: the lecture has no results",
        "the margin of EBGAN, and how long it is pre-trained",
        "lambda of the unsquared penalty (10 here), and where P_penalty lies, besides on the lines",
        "k, the number of critic steps, and c",
    ),
)
