"""Which component each sample is made for."""

import pytest

from gan_lab.errors import GanLabError
from gan_lab.loss.class_bce import ClassBCE
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.normal import Normal
from gan_lab.sample.chosen_components import chosen_components

PRIOR = GaussianMixture(dim=2, components=8, spread=1.0, std=1.0, trainable=False, means_seed=0)
LOSS = ClassBCE(num_classes=3)


def chosen(label: int | None = None, component: int | None = None) -> list[int] | None:
    found = chosen_components(PRIOR, LOSS, 5, label=label, component=component)
    return None if found is None else found.tolist()


def test_a_class_has_its_components_in_turn() -> None:
    assert chosen(label=1) == [1, 4, 7, 1, 4]
    assert chosen(label=2) == [2, 5, 2, 5, 2]


def test_a_component_is_repeated_and_nothing_chosen_is_nothing() -> None:
    assert chosen(component=7) == [7] * 5
    assert chosen() is None


@pytest.mark.parametrize(
    ("label", "component", "sentence"),
    [
        (1, 1, "label=1 and component=1 both choose"),
        (3, None, "label=3 must be one of 0 to 2"),
        (-1, None, "label=-1 must be one of 0 to 2"),
        (None, 8, "component=8 must be one of 0 to 7"),
    ],
)
def test_what_there_is_not_is_refused(label: int | None, component: int | None, sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        chosen(label, component)


def test_a_model_without_components_or_classes_has_no_choice() -> None:
    with pytest.raises(GanLabError, match="component= cannot be used: the prior"):
        chosen_components(Normal(dim=2), LOSS, 5, label=None, component=0)
    with pytest.raises(GanLabError, match="choose a component with component=0 to 7"):
        chosen_components(PRIOR, NonSaturating(), 5, label=0, component=None)
