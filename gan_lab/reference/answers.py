"""Answers to the claims of the source documents, from the published files: one line for each claim."""

from collections.abc import Iterable

from gan_lab.compare.verdicts import welchs
from gan_lab.reference.answer_table import Answer, MissingRowError, Table
from gan_lab.reference.mixture_answers import (
    alpha,
    components,
    label_effects,
    labels,
    mixtures,
    sigma,
    softmax,
    trained,
    without_labels,
)
from gan_lab.reference.sampler_answers import consistent, rejection, sampler_kinds, samplers
from gan_lab.reference.training_answers import batch_norm, dropout, equal_steps, n_critic, order, stability, tuned
from gan_lab.reference.wasserstein_answers import clipping, estimate, longer, one_sided, unstable, weight

RULE = """\
"Yes" and "No" say which of two rows that differ in one setting has the lower FID on the test images, by {rule}. \
"Inconclusive" gives the 95 % interval of the ratio of both FIDs, for this pair alone. Rows that differ in several \
settings get neither, since nobody could tell what makes the difference.
Three seeds of very unequal spread (one to ten) are told apart too often: among 17 pairs without a difference there is \
one or more in 12 % of cases, instead of 5 %.
Values are **FID** ± standard deviation over seeds (precision / recall). Losses and Wasserstein estimates are those of \
seed 1. Each answer begins with the numbers of the documents that its question comes from.
"""

ANSWERS: dict[Answer, str] = {
    **dict.fromkeys((n_critic, equal_steps, stability, dropout, batch_norm, weight), "000"),
    **{tuned: "000, 001, 003, 004", samplers: "000, 003", sampler_kinds: "000, 003", clipping: "000, 003, 004"},
    **dict.fromkeys((mixtures, trained, labels, label_effects, without_labels), "001"),
    **dict.fromkeys((sigma, softmax, components, alpha), "001"),
    **{order: "001, 003, 004", one_sided: "002, 003"},
    **dict.fromkeys((rejection, estimate, consistent), "003"),
    **dict.fromkeys((unstable, longer), "003, 004"),
}
"""The answers and the numbers of the documents whose claims they answer, in the order of these."""

FINDINGS: tuple[Answer, ...] = (n_critic, clipping, mixtures, labels, samplers)
"""The five answers in the project's README."""


def answers(asked: Iterable[Answer], table: Table) -> str:
    """Returns the rule and a Markdown list of the answers for which there are records, each after its documents."""
    lines = [RULE.format(rule=welchs(table.tested))]
    for answer in asked:
        try:
            lines.append(f"- ({ANSWERS[answer]}) {answer(table)}")
        except MissingRowError:
            continue
    return "\n".join(lines)
