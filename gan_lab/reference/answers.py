"""Answers to the claims of the source documents, from the published files: one line for each claim."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gan_lab.reference.answer_table import MissingRowError, Table
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
from gan_lab.reference.published import Record
from gan_lab.reference.sampler_answers import consistent, sampler_kinds, samplers
from gan_lab.reference.training_answers import batch_norm, dropout, equal_steps, n_critic, order, stability, tuned
from gan_lab.reference.wasserstein_answers import clipping, estimate, longer, one_sided, unstable, weight

RULE = """\
Rows are compared by FID on the test images: "Yes" or "No" means that every seed of one row has a lower FID than every
seed of the other. Values are **FID** ± standard deviation over seeds (precision / recall). Losses and Wasserstein
estimates are those of seed 1.
"""

Answer = Callable[[Table], str]

ANSWERS: tuple[Answer, ...] = (
    *(n_critic, dropout, batch_norm, clipping, one_sided, unstable, estimate),
    *(mixtures, trained, labels, samplers, consistent),
    *(equal_steps, stability, longer, weight, label_effects, without_labels, sigma, softmax, components, alpha),
    *(sampler_kinds, order, tuned),
)
FINDINGS: tuple[Answer, ...] = (n_critic, clipping, mixtures, labels, samplers)
"""The five answers in the project's README."""


def answers(asked: Sequence[Answer], records: Sequence[Record], reference: Path) -> str:
    """Returns the rule and a Markdown list of the answers for which there are records."""
    table, lines = Table(records, reference), [RULE]
    for answer in asked:
        try:
            lines.append(f"- {answer(table)}")
        except MissingRowError:
            continue
    return "\n".join(lines)
