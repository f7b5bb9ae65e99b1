"""What is said of mixtures follows from the records, also where it comes out otherwise."""

import re

import pytest

from gan_lab.reference.mixture_answers import components, labels, mixtures, sigma
from tests.reference.made import answered, three


def test_the_best_deviation_is_said_to_be_the_largest_tried_where_it_is() -> None:
    fids = {0.5: 5.0, 0.7: 4.0, 1.0: 3.0, 1.4: 2.0, 2.0: 1.0}
    rows = lambda: [one for std, fid in fids.items() for one in three(f"gmgan_wgan_gp_std_{std}", fid)]
    said = answered(sigma, *rows())
    assert "1.0)?** The lowest mean is at 2.0, the largest that was tried. Is FID lower than at 1.0?" in said
    assert "? 0.5: No; 0.7: No; 1.4: Yes; 2.0: Yes. FID: 0.5: **5.0**" in said
    fids[2.0] = 10.0
    assert "The lowest mean is at 1.4. Is FID" in answered(sigma, *rows())


@pytest.mark.parametrize(("without", "verdict"), [(15.0, "No"), (60.0, "Yes")])
def test_labels_explain_a_mixture_that_is_no_better_without_them(without: float, verdict: str) -> None:
    rows = {"gan_dropout_0.3": 45.0, "gmgan_dynamic": 10.0, "gmgan_dynamic_unlabelled": without}
    said = answered(labels, *(one for row, fid in rows.items() for one in three(row, fid)))
    assert f"lower FID?** {verdict}. FID" in said
    assert ("86 % of the gain over the plain Gaussian with the same dropout (45.0)" in said) == (without == 15.0)


def test_mixtures_are_compared_with_each_other_and_with_both_plain_gaussians() -> None:
    rows = {"gmgan_dynamic": 14.0, "gmgan_static": 54.0, "gan_dropout_0.3": 47.0, "gan_d200": 167.0}
    said = answered(mixtures, *(one for row, fid in rows.items() for one in three(row, fid)))
    one, dynamic, static = said.split("?** ")[1:]
    assert one.startswith("Yes")
    assert re.findall(r"\((47|167)\.0\), (\w+)", dynamic) == [("47", "yes"), ("167", "yes")]
    assert re.findall(r"\((47|167)\.0\), (\w+)", static) == [("47", "no"), ("167", "yes")]


def test_every_number_of_components_has_its_verdict() -> None:
    rows = [*three("gmgan_dynamic", 14), *three("gmgan_k20", 11), *three("gmgan_k50", 30)]
    assert "help?** K = 20: Yes; K = 50: No." in answered(components, *rows)
    one = answered(components, *rows[:3], *rows[3:4], *rows[6:])
    assert "help?** K = 20: Inconclusive, one seed of `gmgan_k20` cannot tell; K = 50: No." in one
