"""The questions that a study answers, in words with chances and intervals. Imports no torch."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from statistics import mean, stdev

from gan_lab.study.expected_best import expected_best, none_of
from gan_lab.study.rank_tests import LEVEL, RankTest, pairwise
from gan_lab.study.study_results import MethodResult, fids_of

FEW = 3
"""Trials in ten minutes, with the measuring between them."""

PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    "Does a gradient penalty pay at equal time?": (
        *(("gan_r1", "gan"), ("dragan", "gan"), ("gmgan_static_r1", "gmgan_static"), ("wgan_gp", "wgan")),
        *(("wgan_lp", "wgan"), ("wgan_div", "wgan"), ("gan_lazy_r1", "gan"), ("hinge_lazy_r1", "hinge")),
        ("lsgan_lazy_r1", "lsgan"),
    ),
    "Does the loss matter beside a gradient penalty?": (
        *(("hinge_lazy_r1", "gan_lazy_r1"), ("lsgan_lazy_r1", "gan_lazy_r1"), ("r3gan", "gan_r1")),
    ),
    "Is a penalty in every sixteenth round enough?": (("gan_lazy_r1", "gan_r1"),),
    "Is weight clipping bad, untuned and tuned?": (("wgan", "wgan_gp"), ("wgan", "gan"), ("wgan", "sngan")),
    "Do mixtures as latent distributions help?": (
        *(("gmgan_unsupervised", "gan"), ("gmgan_static_wgan_gp", "wgan_gp"), ("mmgan", "ragan")),
        ("gmgan_supervised_wgan_gp", "cgan_wgan_gp"),
    ),
    "Do gradients through the other player's steps help?": (
        *(("unrolled", "gan"), ("consensus", "wgan_gp"), ("extragradient", "wgan_gp"), ("optimistic", "wgan_gp")),
    ),
}
"""Questions, and the pairs whose trials answer them, by model, or by the name of a method with values of its own: the
tests are corrected for all of these pairs."""


def answers(group: Sequence[MethodResult]) -> str:
    """Returns a list of the answers for which a group of methods has trials; nothing where all diverged."""
    plain = {m.name: all(str(word).startswith("data=") for word in m.record["words"]) for m in group}
    names = {m.model if plain[m.name] else m.name: m.name for m in group}
    values, by_name = fids_of(group), {method.name: method for method in group}
    if not any(isfinite(fid) for own in values.values() for fid in own):
        return ""
    asked = {
        question: [(names[one], names[other]) for one, other in pairs if {one, other} <= names.keys()]
        for question, pairs in PAIRS.items()
    }
    both = {frozenset(pair): pair for pairs in asked.values() for pair in pairs}  # one test, whichever is named first
    tested = dict(zip(both, pairwise(values, [*both.values()]), strict=True))
    lines = [
        f"- **{question}** {' '.join(verdict(tested[frozenset(pair)].seen_from(pair[0]), by_name) for pair in pairs)}"
        for question, pairs in asked.items()
        if pairs
    ]
    more: tuple[Callable[[Sequence[MethodResult], Mapping[str, list[float]]], str], ...] = (beside_flow, in_ten_minutes)
    named = f", and corrected by Holm over the {len(both)} pairs that the questions name" if len(both) > 1 else ""
    head = (
        f"The tests are made over random trials{named}. What the best settings reach is the mean ± the standard "
        f"deviation "
        "over the seeds of the finals, of which there are too few for a test.\n"
    )
    told = [*lines, *(f"- {text}" for tell in more if (text := tell(group, values)))]
    return "\n".join([*([head] if both else []), *told])


def verdict(test: RankTest, group: Mapping[str, MethodResult]) -> str:
    """Returns in a sentence whether random trials of one method are better than those of the other, and what their best
    settings reach, which are the tuned methods."""
    numbers = f"one is better in {test.chance:.0%} of pairs, p {test.p:.2g}"
    if not test.differ:
        said = f"Inconclusive for random trials of `{test.one}` and `{test.other}` ({numbers})"
    else:
        which = "better" if test.chance > 0.5 else "worse"
        said = f"Random trials of `{test.one}` are {which} than those of `{test.other}` ({numbers})"
    return f"{said}; {tuned(group[test.one], group[test.other])}."


def tuned(one: MethodResult, other: MethodResult) -> str:
    """Returns in words what two methods reach with their best settings: the mean of the finals, of which there are too
    few for a test, or the best trial where there are none."""
    finals = [method.of_finals("test", "fid") for method in (one, other)]
    if all(len(fids) > 1 for fids in finals):
        values = " and ".join(f"{mean(fids):.1f} ± {stdev(fids):.1f}" for fids in finals)
        return f"with the best settings of each, FID on the test images is {values}"
    lowest = [min(method.fids) for method in (one, other)]
    best = " and ".join(f"{fid:.1f}" if isfinite(fid) else "nothing, since all diverged" for fid in lowest)
    return f"the best of all trials reach {best}"


def beside_flow(group: Sequence[MethodResult], values: Mapping[str, list[float]]) -> str:
    """Returns in words where GANs stand beside flow matching after the same time of training."""
    flows = [method for method in group if method.model == "flow_matching"]
    gans = [method for method in group if method.model != "flow_matching" and method.of_finals("test", "fid")]
    if not flows or not flows[0].of_finals("test", "fid") or not gans:
        return ""
    best = min(gans, key=lambda method: mean(method.of_finals("validation", "fid")))  # test images choose nothing
    flow, k = flows[0], min(FEW, *map(len, values.values()))
    fids = [mean(method.of_finals("test", "fid")) for method in (best, flow)]
    before = sum(expected_best(values[method.name], k) < expected_best(values[flow.name], k) for method in gans)
    return (
        "**Where do GANs stand beside flow matching after the same time of training?** The best one on the validation "
        f"images, `{best.name}`, has FID {fids[0]:.2f} on the test images, and flow matching {fids[1]:.2f} (means of "
        f"{len(best.finals)} and {len(flow.finals)} seeds). With the best of {k} trials, {before} of {len(gans)} GANs "
        f"are better than it. An image takes {milliseconds(best)} ms by `{best.name}`, and {milliseconds(flow)} ms by "
        "flow matching."
    )


def milliseconds(method: MethodResult) -> str:
    """Returns the time of an image in the evaluations of the finals, which computed in batches on one thread."""
    return f"{mean(float(final['ms_an_image']) for final in method.finals):.2g}"


def in_ten_minutes(group: Sequence[MethodResult], values: Mapping[str, list[float]]) -> str:
    """Returns in words which method somebody should take who has time for few trials."""
    k = min(FEW, *map(len, values.values()))
    sure = {name: own for name, own in values.items() if none_of(own, k) <= LEVEL}
    expected = sorted((expected_best(own, k), name) for name, own in sure.items())
    if len(expected) < 2:
        return ""
    first, *others = expected
    near = [f"`{name}` ({fid:.1f})" for fid, name in others[:3]]
    left = ", ".join(f"`{name}`" for name in values if name not in sure)
    risky = f" Left out, since all {k} diverge in more than 5 % of cases: {left}." if left else ""
    return (
        f"**What should one use with time for {k} random trials?** `{first[1]}`, whose best one has FID {first[0]:.1f} "
        f"on the validation images on average. Then come {', '.join(near)}.{risky}"
    )
