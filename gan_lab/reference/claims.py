"""The claims of the source documents and short answers to them: a table with one line for each claim."""

from typing import NamedTuple

from gan_lab.reference.answer_table import Answer, MissingRowError, Table, as_clause
from gan_lab.reference.answers import ANSWERS
from gan_lab.reference.mixture_answers import DEVIATIONS, against_gaussians
from gan_lab.reference.row_table import markdown
from gan_lab.reference.sampler_answers import effects_of_rejection, repeated
from gan_lab.reference.sampler_verdicts import SamplerVerdicts, settings_at
from gan_lab.reference.wasserstein_answers import CLIPPED, PENALISED, final_estimates

PLAIN, DROPOUT = "gan_n1", "gan_dropout_0.3"


class Claim(NamedTuple):
    """A claim, the numbers of the documents that make it, and the function that answers it from the records."""

    documents: str
    claim: str
    answer: Answer


def lower(row: str, other: str) -> Answer:
    """Returns the answer that says whether a row has a lower FID than another, with the values of both."""
    return lambda t: f"{t.compared(row, other)} ({t.mean(row):.1f} against {t.mean(other):.1f})"


def changed(label: str, row: str, other: str) -> Answer:
    """Returns the answer that says how FID changes from the other row to this, with the values of both."""
    return lambda t: f"{label}, {t.change(row, other)} ({t.mean(row):.1f} against {t.mean(other):.1f})"


def steadier(t: Table) -> str:
    shown = ", ".join(f"{t.unrest(row):.0f}" for row in (PLAIN, "gan_n2", "gan_n3"))
    return f"The critic's loss varies by {shown} % for n = 1, 2, 3 (one seed each, which cannot tell)"


def dropout(t: Table) -> str:
    words = (f"than {of}, {t.change(PLAIN, f'gan_dropout_{of}')}" for of in ("0.3", "0.5"))
    return f"With no dropout rather {'; rather '.join(words)}"


def sampled(t: Table, sampler: str, *models: str) -> str:
    """Returns in words what samplers whose names begin so do to each model's FID, at the best of their settings."""
    verdicts = SamplerVerdicts(t)
    said = [verdicts.effect(of, of.chosen(sampler)) for of in settings_at(t) if not models or of.model in models]
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def static_and_plain(t: Table) -> str:
    static, same, plain = "gmgan_static", DROPOUT, "gan_d200"
    return (
        f"{t.compared(same, static)} ({t.mean(static):.1f} against {t.mean(same):.1f} with the same dropout); "
        f"{as_clause(t.compared(plain, static))} ({t.mean(plain):.1f} with d = 200 and without dropout)"
    )


def best_deviation(t: Table) -> str:
    tried = {std: t.lower(row, DEVIATIONS[1.0]) for std, row in DEVIATIONS.items() if std != 1.0}
    better = [str(std) for std, lower in tried.items() if lower]
    best = min(DEVIATIONS, key=lambda std: t.mean(DEVIATIONS[std]))
    if better:
        said = f"No: {' and '.join(better)} {'has' if len(better) == 1 else 'have'} a lower FID"
    else:
        said = "Yes" if all(lower is False for lower in tried.values()) else "Inconclusive"
    return (
        f"{said} (the lowest mean is at {best}: {t.mean(DEVIATIONS[best]):.1f} against {t.mean(DEVIATIONS[1.0]):.1f})"
    )


def separation(t: Table) -> str:
    plain, without, labelled = (
        f"{t.mean(row, 'class_separation'):.2f}" for row in (DROPOUT, "gmgan_dynamic_unlabelled", "gmgan_dynamic")
    )
    return f"It is {labelled} with labels and {without} without; {plain} for a plain Gaussian with the same dropout"


def components(t: Table) -> str:
    return t.each_compared({"gmgan_dynamic": "K = 10", "gmgan_k20": "K = 20", "gmgan_k50": "K = 50"})


def alpha(t: Table) -> str:
    fids = ", ".join(f"{t.mean(row):.1f}" for row in ("mmgan_alpha_0.1", "mmgan", "mmgan_alpha_10.0"))
    return f"FID is {fids} for alpha = 0.1, 1, 10, and {t.mean('mmgan_no_batch_norm'):.1f} without batch norm"


def divergences(t: Table) -> str:
    numbers = t.read("explain/explanation.json")["figures"]["js_and_emd"]["numbers"]
    apart = [point for point in numbers["curves"] if abs(point["js"] - numbers["log_2"]) < 1e-9]
    near, far = (find(apart, key=lambda point: point["shift"]) for find in (min, max))
    return (
        f"Yes: JS is {far['js']:.3f} at shifts of {near['shift']} to {far['shift']}, where the earth mover's distance "
        f"is {near['emd']:.0f} to {far['emd']:.0f}"
    )


def unstable(t: Table) -> str:
    return (
        f"It varies by {t.unrest(CLIPPED):.1f} % with clipping and by {t.unrest(PENALISED):.1f} % with the penalty "
        "(one seed each, which cannot tell)"
    )


def estimate(t: Table) -> str:
    ends = [*final_estimates(t)]
    said = "Yes" if all(end.is_zero for end in ends) else "No"
    return f"{said}: it ends at {' and at '.join(f'{end.end:.2f} (`{end.row}`)' for end in ends)} (seed 1)"


def consistent(t: Table) -> str:
    return (
        f"They are over sampling seeds (standard deviation {repeated(t, 10_000)} with 10,000 samples), but not over k, "
        "the number of samples and the features"
    )


CLAIMS = (
    Claim("000", "Training the generator less often is more stable", steadier),
    Claim("000", "Lower dropout improves the model", dropout),
    Claim("000", "Batch norm has not much effect", changed("With it", "gan", PLAIN)),
    Claim("000", "A penalty of weight 3 is tried", changed("Compared with 10", "wgan_gp_lambda_3", PENALISED)),
    Claim("000", "DDLS improves a trained GAN", lambda t: sampled(t, "ddls", "gan", "gmgan_dynamic")),
    Claim("000", "DDLS can be merged with WGAN", lambda t: sampled(t, "ddls", "wgan_gp")),
    Claim("000, 003, 004", "The gradient penalty is better than clipping", lower(PENALISED, CLIPPED)),
    Claim(
        "001",
        "A dynamic mixture beats a plain Gaussian (15.67 against 27.73)",
        lambda t: against_gaussians(t, "gmgan_dynamic"),
    ),
    Claim(
        "001",
        "A dynamic mixture beats a static one (15.67 against 258.6)",
        lower("gmgan_dynamic", "gmgan_static"),
    ),
    Claim("001", "A static mixture has a higher FID than a plain Gaussian (258.6 against 27.73)", static_and_plain),
    Claim(
        "001",
        "A static mixture is better with WGAN-GP (110.5 against 258.6)",
        lower("gmgan_wgan_gp_std_1.0", "gmgan_static"),
    ),
    Claim("001", "With WGAN-GP, a standard deviation of 1.0 is best", best_deviation),
    Claim("001", "It helps to learn the Gaussians", lower("gmgan_dynamic", "gmgan_dynamic_frozen")),
    Claim("001", "The mixture separates classes better", separation),
    Claim("001", "A softmax in place of sigmoids (text and formula differ)", lower("gmgan_softmax", "gmgan_static")),
    Claim("001", "More Gaussians than classes (future work)", components),
    Claim("001", "MMGAN is hard to balance", alpha),
    Claim("002", "JS is constant where distributions do not overlap, the earth mover's distance is not", divergences),
    Claim("002", "The two-sided penalty is better than the one-sided", lower(PENALISED, "wgan_gp_one_sided")),
    Claim("003", "The critic's loss tends to zero", estimate),
    Claim("003", "Rejection of batches by Inception score lowers FID (to 24.4 at 1,000 samples)", effects_of_rejection),
    Claim(
        "003",
        "Latent reweighting, to reject or to climb by, makes no visible difference",
        lambda t: sampled(t, "latent_"),
    ),
    Claim("003", "Precision and recall are not consistent", consistent),
    Claim("003, 004", "The critic's loss is less stable with clipping than with the penalty", unstable),
    Claim(
        "003, 004",
        "100 epochs of the penalty give half the FID of 50 epochs of clipping (35.5 against 69.8)",
        lower("wgan_gp_100_epochs", "wgan_50_epochs"),
    ),
    Claim("004", "f-GANs are planned", lambda t: f"`model=fgan` has an FID of {t.mean('fgan'):.1f}"),
)


ASKED: tuple[Answer, ...] = (*ANSWERS, *(claim.answer for claim in CLAIMS))
"""Everything that the page answers: verdicts are corrected for all comparisons that these make."""


def claims(t: Table) -> str:
    """Returns a Markdown table of the claims for which there are records, in the order of the documents."""
    lines = [("document", "claim", "answer"), ("---", "---", "---")]
    for documents, claim, answer in CLAIMS:
        try:
            lines.append((documents, claim, answer(t)))
        except MissingRowError:
            continue
    return markdown(lines)
