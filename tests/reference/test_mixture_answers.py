"""What is said of mixtures follows from the records, also where it comes out otherwise."""

import re

import pytest

from gan_lab.reference.mixture_answers import MATCHED, components, labels, mixtures, sigma
from tests.reference.made import answered, three


def test_the_best_deviation_is_said_to_be_the_largest_tried_where_it_is() -> None:
    fids = {0.5: 5.0, 0.7: 4.0, 1.0: 3.0, 1.4: 2.0, 2.0: 1.0, 4.0: 0.5}
    rows = lambda: [one for std, fid in fids.items() for one in three(f"gmgan_wgan_gp_std_{std}", fid)]
    said = answered(sigma, *rows())
    assert "1.0)?** The lowest mean is at 4.0, the largest that was tried. Is FID lower than at 1.0?" in said
    assert re.findall(r"(\d\.\d): (Yes|No), the FID of", said) == [
        *(("0.5", "No"), ("0.7", "No"), ("1.4", "Yes"), ("2.0", "Yes"), ("4.0", "Yes"))
    ]
    fids[2.0] = fids[4.0] = 10.0
    assert "The lowest mean is at 1.4. Is FID" in answered(sigma, *rows())


@pytest.mark.parametrize(("without", "verdict"), [(15.0, "No"), (60.0, "Yes")])
def test_labels_explain_a_mixture_that_is_no_better_without_them(without: float, verdict: str) -> None:
    rows = {"gan_dropout_0.3": 45.0, "gmgan_dynamic": 10.0, "gmgan_dynamic_unlabelled": without}
    said = answered(labels, *(one for row, fid in rows.items() for one in three(row, fid)))
    assert f"lower FID?** {verdict}: the FID of" in said
    assert ("86 % of the gain over the plain Gaussian with the same dropout (45.0)" in said) == (without == 15.0)


def test_each_mixture_is_compared_with_the_gaussian_that_matches_it() -> None:
    rows = {"gan_d200": 167.0, "gmgan_static": 54.0, "gmgan_dynamic": 14.0}
    rows |= {row: 20.0 for pair in MATCHED.values() for row in pair if row not in rows}
    said = answered(mixtures, *(one for row, fid in rows.items() for one in three(row, fid)))
    verdicts = re.findall(r"(dynamic|static), ([\w -]+): (yes|no|inconclusive)", said)
    assert [(kind, found) for kind, _, found in verdicts] == [
        *(("dynamic", "yes"), ("dynamic", "inconclusive")),
        *(("static", "no"), ("static", "inconclusive"), ("static", "inconclusive")),
    ]
    assert "static one?** Yes: the FID of `gmgan_dynamic`" in said


def test_every_number_of_components_has_its_verdict() -> None:
    rows = [*three("gmgan_dynamic", 14), *three("gmgan_k20", 11), *three("gmgan_k50", 30)]
    said = answered(components, *rows)
    assert re.findall(r"K = (\d+): (Yes|No), the FID", said) == [("20", "Yes"), ("50", "No")]
    one = answered(components, *rows[:3], *rows[3:4], *rows[6:])
    assert "help?** K = 20: Inconclusive, one seed of `gmgan_k20` cannot tell; K = 50: No, the FID of" in one
