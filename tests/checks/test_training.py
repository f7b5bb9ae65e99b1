"""What a configuration of a training is refused for, before torch is imported."""

import pytest

from gan_lab.checks.training import check_training
from gan_lab.cli.compose import composition
from gan_lab.errors import GanLabError


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (("optimizer.lr=-1",), r"^optimizer\.lr is -1 and must be a number above 0$"),
        (("seed=abc",), r"^seed is 'abc' and must be a whole number$"),
        (("model=gan", "autoencoder.power=1"), r"^autoencoder\.power=1 does nothing here"),
        (("model=gmgan_static", "data.num_classes=0"), "needs class labels, but these data have none"),
        (("data=folder", "data.root=nowhere", "data.shape=[1,4,4]", "data.num_classes=0"), "^no image was found in"),
        (("search={}",), r"^search=\{\} does nothing here.*only a search uses it"),
        (("epochs=2", "generator_steps=3"), "epochs"),
        (("callbacks=null",), "^callbacks must have an entry for each"),
        (("callbacks.progress=null",), "^callbacks.progress is no whole object"),
        (("+loggers.mine.project=x",), "^loggers.mine is no whole object"),
        (("callback=[pruning]",), "it is for -m sweep=search"),
        (("data=ring", "callback=[image_samples]"), r"^callback=image_samples cannot draw .* is \[2\]: use point_"),
        (("callback=[point_samples]",), r"^callback=point_samples cannot draw .* is \[1, 28, 28\]: use image_samples"),
    ],
)
def test_what_cannot_be_right_is_refused(overrides: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        check_training(composition("config", overrides), overrides)


def test_a_space_to_search_is_used_by_a_search() -> None:
    overrides = ("search={optimizer.lr: 'interval(1e-4,1e-3)'}",)
    check_training(composition("config", overrides), overrides, search=True)


def test_a_choice_that_is_no_part_of_the_configuration_is_left_to_what_it_brings() -> None:
    overrides = ("model=gan", "network=dcgan", "penalty=[r1]")
    check_training(composition("config", overrides), overrides)
