"""The types that all packages share: what a selection takes along, and what two sets of terms make."""

import pytest
import torch

from gan_lab.types import Latent, Terms


def test_a_selection_takes_codes_and_components_alike() -> None:
    latent = Latent(torch.arange(6.0).view(3, 2), torch.tensor([7, 8, 9]))
    chosen = latent.map(lambda values: values[[2, 0]])
    assert chosen.z.tolist() == [[4, 5], [0, 1]]
    assert chosen.component is not None
    assert chosen.component.tolist() == [9, 7]
    assert Latent(latent.z).map(lambda values: values[:1]).component is None


def test_terms_are_joined_kind_by_kind_and_none_hides_another() -> None:
    one, two, three = (torch.tensor(float(number)) for number in (1, 2, 3))
    joined = Terms({"loss": one}, {"norm": two}) | Terms({"penalty": three}, {"share": one})
    assert joined == Terms({"loss": one, "penalty": three}, {"norm": two, "share": one})
    for first, second in [
        (Terms({"x": one}), Terms({"x": two})),
        (Terms({"x": one}), Terms({}, {"x": two})),
        (Terms({}, {"x": one}), Terms({"x": two})),
        (Terms({}, {"x": one}), Terms({}, {"x": two})),
    ]:
        with pytest.raises(ValueError, match=r"two terms of one turn are named \['x'\]"):
            first | second
