import pytest
import torch
from torch import Tensor

from gan_lab.metric.classification_accuracy import ClassificationAccuracy
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import TooAlikeError

CLASSES = 3


def of_classes(label: Tensor, seed: int, asked: Tensor | None = None) -> Features:
    """Images of three shades of grey with noise, and the class that each was drawn for, if it is not its own."""
    generator = torch.Generator().manual_seed(seed)
    shade = (20 + 80 * label)[:, None, None, None]
    images = shade + torch.randint(0, 40, (len(label), 1, 6, 6), generator=generator)
    return Features(torch.zeros(len(label), 1), images=images.byte(), label=label if asked is None else asked)


LABEL = torch.arange(90) % CLASSES


@pytest.fixture
def metric() -> ClassificationAccuracy:
    made = ClassificationAccuracy()
    made.label_classes = CLASSES
    made.set_reference(Reference(of_classes(LABEL, 0)))
    return made


def test_images_of_their_class_teach_it(metric: ClassificationAccuracy) -> None:
    assert metric.of(of_classes(LABEL, 1)) == {"cas": 1.0}


def test_images_of_another_class_teach_the_wrong_one(metric: ClassificationAccuracy) -> None:
    asked = (LABEL + (LABEL > 0)) % CLASSES  # class 0 is right; 1 and 2 are drawn for each other's label or for 0
    assert metric.of(of_classes(LABEL, 1, asked))["cas"] == pytest.approx(((asked == LABEL) * 1.0).mean().item())
    assert metric.of(of_classes(LABEL, 1, (LABEL + 1) % CLASSES)) == {"cas": 0.0}


def test_a_class_that_is_not_generated_is_not_learnt(metric: ClassificationAccuracy) -> None:
    assert metric.of(of_classes(LABEL[LABEL < 2], 1))["cas"] == pytest.approx(2 / 3)


def test_components_stand_for_classes_as_in_training(metric: ClassificationAccuracy) -> None:
    components = LABEL + CLASSES * (torch.arange(90) // 30)
    assert metric.of(of_classes(LABEL, 1, components)) == {"cas": 1.0}


def test_more_classes_than_a_byte_holds() -> None:
    label = torch.tensor([0, 299]).repeat(20)
    dark_and_bright = of_classes(label.clamp(max=2), 0, label)
    metric = ClassificationAccuracy()
    metric.label_classes = 300
    metric.set_reference(Reference(dark_and_bright))
    assert metric.of(dark_and_bright) == {"cas": 1.0}


def test_shares_of_images_are_one_set(metric: ClassificationAccuracy) -> None:
    both = of_classes(LABEL, 1)
    metric.update(both.map(lambda values: values[:50]))
    metric.update(both.map(lambda values: values[50:]))
    assert metric.compute() == metric.of(both)


def test_real_images_need_labels() -> None:
    with pytest.raises(TooAlikeError, match="have no labels"):
        ClassificationAccuracy().set_reference(
            Reference(Features(torch.zeros(5, 2), images=torch.zeros(5, 1, 4, 4, dtype=torch.uint8)))
        )
