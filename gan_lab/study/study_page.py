"""The page of a study: its question, protocol, results, answers and limits, as Markdown."""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from statistics import mean, median, stdev

from gan_lab.study.expected_best import expected_best, none_of
from gan_lab.study.rank_tests import LEVEL, RankTest, overall, pairwise
from gan_lab.study.study_answers import answers
from gan_lab.study.study_results import MethodResult, Study, fids_of, grouped
from gan_lab.terminal.markdown_table import markdown_table

INTERVAL = re.compile(r"(tag\(log,)?interval\(([^,]+),([^)]+)\)\)?")
CHOICE = re.compile(r"choice\((.+)\)")
SHOWN = (2, 4, 8)
"""The numbers of trials whose expected best one the table shows."""
FIGURES = {
    "trials": "FID of every trial. The boxes are quartiles, and a cross is a training that diverged.",
    "best_of_k": "What somebody reaches who makes k random trials and keeps the best one by FID on validation images: "
    "the mean over the choices of k trials of which one did not diverge, and, for k up to a quarter of the trials, its "
    "interval (bootstrap; of 12 trials, it holds the true value in 80 to 95 % of cases). The other methods are grey.",
    "rate": "FID of the trials against the learning rate.",
    "own_weight": "FID of the trials against the first setting that is the method's own.",
    "precision_recall": "Precision against recall of the best settings on test images, means over seeds.",
}


def page(study: Study, drawn: Mapping[str, Sequence[str]]) -> str:
    """Returns the page. `drawn` has the names of the figures of each group of methods."""
    groups = grouped(study.methods)
    parts = [QUESTION, told(study)]
    for name, group in groups.items():
        parts += [f"## Results{f' on {name}' if name and not name.startswith('with') else f' {name}'}".rstrip()]
        parts += [table(group), ranks(group), answers(group)]
        parts += [f"![{figure}]({file_of(name, figure)}.png)\n\n{FIGURES[figure]}" for figure in drawn.get(name, ())]
    return "\n\n".join(filter(None, [*parts, LIMITS])) + "\n"


QUESTION = """\
# Which GAN is best at equal cost?

Papers compare a new method, which is tuned, with old ones that are not. Lucic et al. (2018, arXiv:1711.10337) gave
seven GANs the same budget of tuning and found no clear winner. Here the question is asked again: **if each method gets
the same time, which one is best, and how much luck is in it?**"""

LIMITS = """\
## Limits

- The networks are small and the trainings short. With longer trainings the order may change: a method that learns
  slowly and ends well looks bad here.
- The ranges of the settings were ours. A method whose good settings lie outside of them looks bad.
- FID is one number. Precision and recall of the finals say whether a low FID comes from good samples or from many kinds
  of them.
- Time is counted in rounds of `model=gan`, whose costs were measured on one machine. On another kind, such as a GPU,
  methods with several passes may cost less in comparison."""


def told(study: Study) -> str:
    """Returns the protocol in words."""
    protocol, methods = study.protocol, study.methods
    spaces = " and ".join(f"`{key}` {in_plain_words(value)}" for key, value in protocol["space"].items())
    machines = {str(machine.get("cpu", "")) for method in methods for machine in method.record["machine"]}
    commits = {str(commit)[:12] for method in methods for commit in method.record["commit"]}
    shared = f" All trainings have `{' '.join(map(str, study.common))}`." if study.common else ""
    missing = f" Left out, since trials of theirs are missing: {names(study.missing)}." if study.missing else ""
    return f"""\
## Protocol

The protocol, `conf/experiment/study.yaml` with the values of the command line, was there before the first of these
trainings and has not been changed since. All trainings have one small pair of convolutional networks and a learning
rate that falls along a line to 0 (`conf/experiment/study_final.yaml`).{shared} Each method gets
{protocol["trials"]} trials with random settings: a search that learns from earlier trials would add its own luck. Each
trial takes as long as {protocol["rounds"]:,} rounds of `model=gan` with the same networks. How many rounds of its own
that are, was measured before. The settings of all methods are {spaces}; those of a method's own are in its yaml. The
trial with the lowest FID on the validation images, of the averaged generator after the last step, is trained
{protocol["finals"]} more times with other seeds, and measured on the test images. A trial that diverged is the
last of all in medians and tests; the best of k is the mean over the choices of k trials of which one did not diverge,
beside the chance that all of them do. Methods whose loss sees class labels and those on other data are apart.{missing}

Commits: {", ".join(sorted(commits))}. Machines: {", ".join(sorted(machines))}."""


def in_plain_words(space: str) -> str:
    """Returns a range of Hydra's syntax in words, as it is where there are none."""
    if found := INTERVAL.fullmatch(space):
        return f"between {found[2]} and {found[3]}{' on a log scale' if found[1] else ''}"
    if found := CHOICE.fullmatch(space):
        return f"one of {found[1].replace('],[', '], [')}"
    return space


def table(group: Sequence[MethodResult]) -> str:
    """Returns the table of a group: the trials, what a user with few trials can expect, and the finals; and real images
    beside them."""
    ks = [k for k in SHOWN if k <= min(len(method.fids) for method in group)]
    lines = []
    for method in group:
        own = method.fids
        test, precision, recall = (method.of_finals("test", name) for name in ("fid", "precision_k3", "recall_k3"))
        raw = method.of_finals("raw_validation", "fid")
        lines.append(
            [
                f"`{method.name}`",
                str(method.failures),
                f"{median(own):.1f}" if isfinite(median(own)) else "diverged",
                *(reached(own, k) for k in ks),
                f"{min(own):.2f}" if isfinite(min(method.fids)) else "all diverged",
                f"{in_words(test)}{f' ({method.finals_diverged} diverged)' if method.finals_diverged else ''}".strip(),
                in_words(method.of_finals("validation", "fid")),
                in_words(raw),
                f"{mean(precision):.2f} / {mean(recall):.2f}" if precision else "",
                best_settings(method),
            ]
        )
    if floor := next((final["test_floor"] for method in group for final in method.finals), None):
        told = [f"{floor['fid']:.2f}", "" if group[0].floor is None else f"{group[0].floor:.2f}", ""]
        both = f"{floor['precision_k3']:.2f} / {floor['recall_k3']:.2f}" if "recall_k3" in floor else ""
        lines.append(["real images (floor)", "", "", *("" for _ in ks), "", *told, both, ""])
    heads = (
        *("method", "diverged", "median FID", *(f"best of {k}" for k in ks), "best of all"),
        *("finals, test", "finals, validation", "not averaged", "precision / recall", "best settings"),
    )
    return markdown_table(heads, lines, ["---", *["---:"] * (len(heads) - 2), "---"])


def reached(fids: Sequence[float], k: int) -> str:
    """Returns what the best of k trials is expected to reach, and the chance that all of them diverge."""
    if not isfinite(expected := expected_best(fids, k)):
        return "diverged"
    chance = none_of(fids, k)
    return f"{expected:.1f}" + (f" ({chance:.0%} diverge)" if chance > 0 else "")


def in_words(values: Sequence[float]) -> str:
    """Returns mean and standard deviation."""
    if not values:
        return ""
    return f"{mean(values):.2f} ± {stdev(values):.2f}" if len(values) > 1 else f"{values[0]:.2f}"


def best_settings(method: MethodResult) -> str:
    """Returns the settings of the best trial."""
    if not isfinite(min(method.fids)):
        return "none: all diverged"
    return ", ".join(f"{'.'.join(key.split('.')[-2:])} {value}" for key, value in method.best["settings"].items())


def ranks(group: Sequence[MethodResult]) -> str:
    """Returns in words which methods of a group differ by more than luck; nothing where all diverged."""
    values = fids_of(group)
    if len(group) < 2 or min(map(len, values.values())) < 2 or not isfinite(min(map(min, values.values()))):
        return ""
    tests = pairwise(values)
    apart = [test for test in tests if test.differ]
    differ = "differ" if overall(values) <= LEVEL else "are not shown to differ"
    several = len(tests) > 1
    correction = ", with Holm's correction over all pairs" if several else ""
    which = (
        f"{len(apart)} of {len(tests)} pairs differ" if several else "they differ" if apart else "they do not differ"
    )
    said = (
        f"Over the trials, the methods {differ} as a whole (Kruskal and Wallis, p {overall(values):.2g}). By Mann and "
        f"Whitney's test (level 5 %{correction}), {which} by more than luck"
    )
    if not apart:
        return f"{said}."
    lines = [f"- `{method.name}` is better than {names(better_than(method.name, apart))}" for method in group
             if better_than(method.name, apart)]  # fmt: skip
    return "\n".join([f"{said}:", "", *lines])


def better_than(name: str, apart: Sequence[RankTest]) -> list[str]:
    """Returns the methods whose trials are worse than those of one."""
    return [test.other for test in apart if test.one == name and test.chance > 0.5] + [
        test.one for test in apart if test.other == name and test.chance < 0.5
    ]


def names(found: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in found)


def file_of(group: str, figure: str) -> str:
    """Returns the name of a figure's file."""
    return "_".join([*group.replace("with class labels", "labels").split(), figure])
