"""What is said of mixtures follows from the records, also where it comes out otherwise."""

import re

import pytest

from gan_lab.reference.mixture_answers import components, labels, mixtures, sigma
from tests.reference.made import record, table


def test_the_best_deviation_is_said_to_be_the_largest_tried_where_it_is() -> None:
    fids = {0.5: 5.0, 0.7: 4.0, 1.0: 3.0, 1.4: 2.0, 2.0: 1.0}
    assert "1.0)?** 2.0, the largest that was tried. FID:" in sigma(
        table(*(record(f"gmgan_wgan_gp_std_{std}", fid) for std, fid in fids.items()))
    )
    fids[2.0] = 10.0
    assert "1.0)?** 1.4. FID:" in sigma(table(*(record(f"gmgan_wgan_gp_std_{std}", fid) for std, fid in fids.items())))


@pytest.mark.parametrize(("without", "verdict"), [(15.0, "No"), (50.0, "Yes")])
def test_labels_explain_a_mixture_that_is_no_better_without_them(without: float, verdict: str) -> None:
    t = table(record("gan_dropout_0.3", 45), record("gmgan_dynamic", 10), record("gmgan_dynamic_unlabelled", without))
    said = labels(t)
    assert f"lower FID?** {verdict} (1 and 1 seeds)" in said
    assert ("86 % of the gain over the plain Gaussian with the same dropout (45.0)" in said) == (without == 15.0)


def test_mixtures_are_compared_with_each_other_and_with_both_plain_gaussians() -> None:
    rows = {"gmgan_dynamic": 14.0, "gmgan_static": 54.0, "gan_dropout_0.3": 47.0, "gan_d200": 167.0}
    said = mixtures(table(*(record(row, fid) for row, fid in rows.items())))
    one, dynamic, static = said.split("?** ")[1:]
    assert one.startswith("Yes")
    assert re.findall(r"\((47|167)\.0\), (\w+)", dynamic) == [("47", "yes"), ("167", "yes")]
    assert re.findall(r"\((47|167)\.0\), (\w+)", static) == [("47", "no"), ("167", "yes")]


def test_every_number_of_components_has_its_verdict() -> None:
    t = table(record("gmgan_dynamic", 14), record("gmgan_k20", 12), record("gmgan_k50", 30))
    assert "help?** K = 20: Yes (1 and 1 seeds); K = 50: No (1 and 1 seeds)" in components(t)
