"""The rule by which answers are given, and the five answers in the project's README."""

from collections.abc import Iterable

from gan_lab.compare.verdicts import welchs
from gan_lab.reference.answer_table import Answer, MissingRowError, Table
from gan_lab.reference.documents.all import ANSWERS
from gan_lab.reference.few_images_answers import few_images
from gan_lab.reference.mixture_answers import labels, mixtures
from gan_lab.reference.sampler_answers import samplers
from gan_lab.reference.training_answers import n_critic
from gan_lab.reference.wasserstein_answers import clipping

RULE = """\
"Yes" and "No" say which of two rows that differ in one setting has the lower FID on the test images, by {rule}. The \
interval of the ratio of both FIDs is a 95 % interval for this pair alone. "Inconclusive" means that the test finds no \
difference. Rows that differ in several settings get neither, since nobody could tell what makes the difference.
Three seeds of very unequal spread (one to ten) are told apart too often: among 17 pairs without a difference there is \
one or more in 12 % of cases, instead of 5 %.
"""
UNTESTED = """\
No answer is "Yes" or "No" yet: a test needs two rows with two seeds or more.
"""
VALUES = """\
Values are **FID** ± standard deviation over seeds (precision / recall). Losses and Wasserstein estimates are those of \
seed 1.
"""

FINDINGS: dict[Answer, str] = {
    **{n_critic: "000", clipping: "000, 003, 004", mixtures: "001", labels: "001", samplers: "000, 003"}
}
"""The five answers in the project's README, and the documents whose claims they answer."""
ASKED: tuple[Answer, ...] = (*ANSWERS, samplers, few_images)
"""Everything that is answered: verdicts are corrected for all comparisons that these make."""


def rule(t: Table) -> str:
    """Returns the rule in words."""
    return (RULE.format(rule=welchs(t.tested)) if t.tested else UNTESTED) + VALUES


def answers(asked: Iterable[Answer], t: Table) -> str:
    """Returns the rule and a Markdown list of the answers for which there are records, each after its documents."""
    lines = []
    for answer in asked:
        try:
            lines.append(f"- ({FINDINGS[answer]}) {answer(t)}")
        except MissingRowError:
            continue
    return "\n".join([rule(t), *lines]) if lines else "None of them has all of its rows yet."
