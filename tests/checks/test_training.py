"""What a configuration of a training is refused for, before torch is imported."""

from pathlib import Path

import pytest
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from PIL import Image

from gan_lab.checks.training import check_training
from gan_lab.config.compose import composition
from gan_lab.errors import GanLabError
from gan_lab.trust.targets import CONF_DIR


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (("optimizer.lr=-1",), r"^optimizer\.lr is -1 and must be a number above 0$"),
        (("seed=abc",), r"^seed is 'abc' and must be a whole number$"),
        (("model=gan", "autoencoder.power=1"), r"^autoencoder\.power=1 does nothing here"),
        (("model=gan", "flow.steps=3"), r"^flow\.steps=3 does nothing here.*model=flow_matching uses it"),
        (
            ("model=flow_matching", "data=ring", "loss=hinge"),
            "^loss= chooses a rule for a critic, and model=flow_matching has none",
        ),
        (("model=flow_matching", "sampler=ddls"), "^sampler=ddls needs a critic"),
        (("model=flow_matching", "penalty=[r1]"), "^penalty= chooses a rule for a critic, and model=flow_matching"),
        (("model=flow_matching", "augment=adaptive"), "^augment= chooses a rule for a critic, and model=flow_matching"),
        (("model=gmgan_static", "data.num_classes=0"), "needs class labels, but these data have none"),
        (("data=folder", "data.root=nowhere"), "^no image was found in"),
        (("data=points",), "^data=points needs a file: set data.path="),
        (("data=points", "data.path=nowhere.csv"), "nowhere.csv is no file: set data.path"),
        (("search={}",), r"^search=\{\} does nothing here.*only a search uses it"),
        (("epochs=2", "generator_steps=3"), "epochs"),
        (("callbacks=null",), "^callbacks must have an entry for each"),
        (("callbacks.progress=null",), "^callbacks.progress is no whole object"),
        (("+loggers.mine.project=x",), "^loggers.mine is no whole object"),
        (("callback=[pruning]",), "it is for -m sweep=search"),
        (("model.prior.dim=1e100",), r"^model\.prior\.dim is 1e\+100 and must be .*, at most 1,000,000,000$"),
        (("model.packing=null",), r"^model\.packing is null and must be a whole number"),
        (("metric=trained",), r"^metric\.extractor\.name is missing: give it with metric\.extractor\.name=VALUE$"),
        (("trainer.devices=99999",), r"would start 99999 processes, and this machine runs at most \d+ of them"),
        (("trainer.devices=[0]", "trainer.accelerator=cpu"), "on the CPU it must be a number of processes"),
        (("trainer.devices=2", "data.batch_size=63"), "must be a multiple of their number, 2$"),
        (("model=gan", "model.packing=3"), "^a batch of 64 cannot be divided into packs of 3$"),
        (("data.batch_size=998",), "at most 997, the number of training samples$"),
        (("data=mnist", "data.validation_size=60000"), "less than the 60,000 training images$"),
        (("data=svhn", "data.validation_size=73257"), "less than the 73,257 training images$"),
        (("data=cifar10", "data.batch_size=40001"), "at most 40000, the number of training samples$"),
        (("data=celeba", "data.train_size=63"), "at most 63, the number of training samples$"),
        (("data=celeba", "data.batch_size=162771"), "at most 162770, the number of training samples$"),
        (("data=patches", "data.batch_size=7921"), "at most 7920, the number of training samples$"),
        (("data=patches", "data.shape=[3,64,64]"), r"which follows from the data: set data\.image_size$"),
        (
            ("data=mnist", "data.source=FashionMNIST"),
            "other data under the name .*: use data=fashion_mnist$",
        ),
        (("data.num_classes=20",), "data=digits has 10 classes: 0 trains without labels$"),
        (("data.shape=[1,32,32]",), r"the shape \[1, 28, 28\], which follows from the data$"),
        (("data.shape=7",), r"^data\.shape is 7 and must be a list"),
        (
            ("sampler=sigma_scaled",),
            "^sampler=sigma_scaled needs a model with a mixture prior, and .* Normal",
        ),
        (("sampler=drs",), "^sampler=drs needs trained weights"),
        (("model=gan", "prior=uniform", "sampler=truncated"), "^a uniform prior has no tails"),
        (("metric=points",), "^metric=points is for points, and data=digits has images"),
        (("data=ring", "metric=random"), "^metric=random is for images, and data=ring has points"),
        (
            ("data=ring", "measure=[vendi]"),
            r"^measure=\[vendi\] adds to the measures of images .*metric=points has none",
        ),
        (("metric=torch_fidelity", "measure=[vendi,alpha_precision]"), r"^measure=\[vendi,alpha_precision\] adds to"),
        (("~callbacks.evaluation", "measure=[vendi]"), r"^measure=\[vendi\] does nothing here"),
        (("metric=stacked",), "^metric=stacked takes images of 3 channels"),
        (("metric=inception",), r"^metric=inception needs published weights, .*weights is not set"),
        (("metric.cache_dir=",), r"^metric\.cache_dir is '' and must be the path of a folder$"),
        (("hydra.run.dir=",), r"^hydra\.run\.dir is empty"),
        (
            ("model=mmd_gan", "data.batch_size=1"),
            "data.batch_size=1 leaves each process no pair: it must be at least 2",
        ),
        (("model=gan", "prior=info_codes"), "^prior=info_codes gives codes that are to be found"),
        (("model=gan", "prior=labelled"), "^prior=labelled gives each code a class"),
        (("+model.optimizers.prior.lr=1",), r"^model\.optimizers\.prior is for nobody"),
        (("data=ring", "callback=[image_samples]"), r"^callback=image_samples cannot draw .* is \[2\]: use point_"),
        (("callback=[replay]",), r"^callback=replay cannot draw .* is \[1, 28, 28\]: it records points in the plane"),
        (
            ("data=dirac", "callback=[point_samples]"),
            "draws points in the plane, and these lie on a line: leave it out",
        ),
        (("callback=[point_samples]",), r"^callback=point_samples cannot draw .* is \[1, 28, 28\]: use image_samples"),
    ],
)
def test_what_cannot_be_right_is_refused(overrides: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        check_training(composition("config", overrides), overrides)


def test_a_space_to_search_is_used_by_a_search() -> None:
    overrides = ("search={optimizer.lr: 'interval(1e-4,1e-3)'}",)
    check_training(composition("config", overrides), overrides, search=True)


@pytest.mark.parametrize("model", ["flow_matching", "mmd_gan", "infogan", "unrolled"])
@pytest.mark.parametrize("data", ["ring", "digits"])
def test_models_of_other_kinds_are_right(model: str, data: str) -> None:
    overrides = (f"model={model}", f"data={data}")
    check_training(composition("config", overrides), overrides)


def test_a_choice_that_is_no_part_of_the_configuration_is_left_to_what_it_brings() -> None:
    overrides = ("model=gan", "network=dcgan", "penalty=[r1]")
    check_training(composition("config", overrides), overrides)


def test_the_shape_of_a_folder_follows_from_its_files_and_options(tmp_path: Path) -> None:
    for number in range(20):
        Image.new("L", (8, 6)).save(tmp_path / f"{number}.png")
    folder = ("data=folder", f"data.root={tmp_path}", "network=mlp")
    for overrides in (folder, (*folder, "data.image_size=12", "data.channels=3", "data.batch_size=16")):
        check_training(composition("config", overrides), overrides)
    for option, sentence in (
        ("data.shape=[3,8,8]", r"the shape \[1, 6, 8\], which .*: set data.image_size and data.channels$"),
        ("data.batch_size=17", "at most 16, the number of training samples$"),
        ("data.test_fraction=0.9", "the 20 images in .* would give 0 for training, 2 for validation and 18 for test"),
        ("metric=mnistcnn", r"^metric=mnistcnn takes images of shape \[1, 28, 28\], and those of data=folder have"),
    ):
        line = (*folder, option)
        with pytest.raises(GanLabError, match=sentence):
            check_training(composition("config", line), line)


def test_data_under_another_name_are_found_while_hydra_runs_a_job() -> None:
    overrides = ("data=mnist", "data.source=KMNIST")
    config = composition("config", overrides)
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        running = GlobalHydra.instance().hydra
        with pytest.raises(GanLabError, match=r"use data=kmnist$"):
            check_training(config, overrides)
        assert GlobalHydra.instance().hydra is running is not None
