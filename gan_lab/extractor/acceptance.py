"""The conditions that an extractor must meet for its measures to be meaningful."""

from typing import Any

DEAD = 0.05
GARBAGE_PRECISION = 0.5
REAL_FID_PER_TRACE = 0.015
"""The share of the features' variance that FID between real images stays below. It is bias, which is larger for
features that say different things than for those that say the same."""
ENOUGH = 3000
"""The number of images per rung of the ladder from which on the bias of FID is below `REAL_FID_PER_TRACE`."""
LOOKED_THROUGH = 5.0
"""The FID that changes stay below which no one would call an error of a picture."""
SEEN = 15.0
"""The FID that pictures exceed which are wrong although each of their parts is right."""

SPOILT_BY = {"noise": "noise", "blur": "blur", "dropped": "missing classes"}


def shortfalls(report: dict[str, Any], least_accuracy: float) -> list[str]:
    """Returns the conditions that the extractor of this report fails, as a clause each.

    It must have learnt its classes, if it has any, and have less than 5 % dead features. FID must rise with every kind
    of corruption. Draws from a Gaussian with the moments of the images must not pass for images (precision below 0.5).
    With 3000 images per rung, FID between real images must be below 1.5 % of the variance of the features. Then too FID
    must be below 5 for real images shifted by one pixel and for real images dimmed by 10 %, and above 15 for halves of
    different images of one class: see `not_tested`.
    """
    steps, checks = report["ladder"], report["ladder"]["checks"]
    accuracy, precision = report.get("accuracy"), steps["garbage"]["precision_k3"]
    found = []
    if accuracy and accuracy["validation"] < least_accuracy:
        found.append(f"its accuracy on validation images is {accuracy['validation']:.3f}, not {least_accuracy} or more")
    if checks["dead"] >= DEAD:
        found.append(f"{checks['dead']:.1%} of its features are dead, not less than {DEAD:.0%}")
    found += [
        f"FID does not rise with every step of {what}"
        for kind, what in SPOILT_BY.items()
        if not checks[f"{kind}_rises"]
    ]
    if precision >= GARBAGE_PRECISION:
        found.append(f"it gives garbage a precision of {precision:.2f}, not less than {GARBAGE_PRECISION}")
    return found if not_tested(checks["n"]) else found + wrong_distances(steps)


def not_tested(n: int) -> list[str]:
    """Returns the tests that n images per rung are too few for, as a clause each."""
    if n >= ENOUGH:
        return []
    return [
        f"whether FID of real images is below {REAL_FID_PER_TRACE} of the variance",
        f"whether FID of images shifted by one pixel, and of images dimmed by 10 %, is below {LOOKED_THROUGH:.0f}",
        f"whether FID of halves of different images is above {SEEN:.0f}",
    ]


def wrong_distances(steps: dict[str, Any]) -> list[str]:
    """Returns a clause for each FID of many images that is on the wrong side of its limit."""
    found = []
    if (real := steps["real"]["fid_per_trace"]) >= REAL_FID_PER_TRACE:
        found.append(f"FID of real images is {real:.3f} of the variance, not less than {REAL_FID_PER_TRACE}")
    for rung, what in (("shifted", "images shifted by one pixel"), ("dimmed", "images dimmed by 10 %")):
        if (fid := steps[rung]["fid"]) >= LOOKED_THROUGH:
            found.append(f"FID of {what} is {fid:.1f}, not less than {LOOKED_THROUGH:.0f}")
    if (fid := steps["halves"]["fid"]) <= SEEN:
        found.append(f"FID of halves of different images is {fid:.1f}, not more than {SEEN:.0f}")
    return found
