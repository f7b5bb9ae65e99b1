"""What users of other GAN code type is answered with what it is called here, and nothing is accepted that does nothing.

A row is a command line without `python -m gan_lab`, and what its one sentence must contain.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gan_lab.cli.arguments import Command, understood
from gan_lab.cli.suggestions import known_root
from gan_lab.config.choices import choices, meant, written
from gan_lab.config.synonyms import CHOICES, KEYS
from gan_lab.errors import GanLabError
from tests.commands import environment, many
from tests.documents import COMMANDS, MENTIONED, words
from tests.test_documents import examples

TRAINING = Command("gan_lab", "config")
MEASURING = {
    name: Command(f"gan_lab.{name}", name, path="checkpoint")
    for name in ("evaluate", "invert", "sample", "sensitivity", "export")
}
OTHERS = {name: Command(f"gan_lab.{name}", name) for name in ("explain", "extractor")}
COMPOSING = {"": TRAINING, **MEASURING, **OTHERS}

AT_ONCE = {
    "lr=1e-4": "did you mean optimizer.lr=1e-4?",
    "+lr=1e-4": "did you mean optimizer.lr=1e-4?",
    "++lr=1e-4": "did you mean optimizer.lr=1e-4?",
    "learning_rate=3": "optimizer.lr=3",
    "lr_d=4e-4": "model.optimizers.critic.lr=4e-4",
    "beta1=0.5": "optimizer.betas=[0.5,0.999]",
    "b2=0.9": "optimizer.betas=[0.5,0.9]",
    "batch_size=32": "data.batch_size=32",
    "bs=32": "data.batch_size=32",
    "latent_dim=64": "model.prior.dim=64",
    "z_dim=64": "model.prior.dim=64",
    "nz=64": "model.prior.dim=64",
    "model.latent_dim=64": "model.prior.dim=64",
    "+model.latent_dim=64": "model.prior.dim=64",
    "n_critic=3": "model.n_critic=3",
    "critic_iters=3": "model.n_critic=3",
    "n_dis=3": "model.n_critic=3",
    "device=cuda": "trainer.accelerator=gpu",
    "gpus=2": "trainer.devices=2",
    "trainer.gpus=2": "trainer.devices=2",
    "max_epochs=3": "epochs=3",
    "+trainer.max_epochs=3": "epochs=3",
    "max_steps=100": "generator_steps=100",
    "lambda_gp=10": "model.penalties.gradient.weight=10",
    "clip_value=0.01": "model.constraints.weight_clipping.limit=0.01",
    "image_size=64": "data.image_size=64",
    "dataroot=x": "data.root=x",
    "ngf=64": "model.generator.width=64",
    "workers=4": "images are held in memory",
    "manual_seed=3": "seed=3",
    "outdir=x": "hydra.run.dir=x",
    "penalties=[r1]": "did you mean penalty=[r1]?",
    "losses=hinge": "did you mean loss=hinge?",
    "modle=gan": "did you mean model=gan?",
    "optimiser.lr=1": "did you mean optimizer.lr=1?",
    "foo=1": "there is no option foo",
    "+foo.bar=1": "there is no option foo.bar",
    "dataset=mnist": "dataset cannot be set, since it follows from the rest of the command line: set data=mnist",
    "dataset=MNIST": "set data=mnist",
    "variant=wgan-gp": "set model=wgan_gp",
    "run_dir=x": "set hydra.run.dir=",
    "overrides=[]": "overrides cannot be set",
    "data=MNIST": "did you mean data=mnist?",
    "data=fashion-mnist": "did you mean data=fashion_mnist?",
    "data=imagefolder": "did you mean data=folder data.root=PATH?",
    "data=cifar": "did you mean data=cifar10?",
    "data=photos": "did you mean data=patches?",
    "model=wgan-gp": "did you mean model=wgan_gp?",
    "model=WGANGP": "did you mean model=wgan_gp?",
    "model=dcgan": "did you mean model=gan network=dcgan?",
    "model=vanilla": "did you mean model=gan?",
    "model=typo": "the choices are began, bwgan",
    "model=null": "model=null chooses nothing: the choices are began, ",
    "logger=null": "logger=null chooses nothing: the choices are csv, ",
    "loss=[hinge]": "loss=[hinge] is written loss=hinge",
    "model=[gan,wgan]": "model=[gan,wgan] is written model=gan,wgan",
    "penalty=[r1,r1]": "names one choice twice",
    "penalty=[r1,lazy_r1]": "names one choice twice",
    "model.seed=3": "model.seed cannot be set, since it follows from seed: set seed=3",
    "model.generator.latent_dim=64": "set model.prior.dim=64",
    "resume=a resume=b": "resume is given twice, resume=a and resume=b",
    "seed=1 epochs=2 seed=2": "seed is given twice, seed=1 and seed=2",
    "optimizer.lr=1 loss=hinge ++optimizer.lr=2": "optimizer.lr is given twice, optimizer.lr=1 and ++optimizer.lr=2",
    "sweep=search": "sweep=search does nothing for a single run",
    "hydra/launcher=joblib": "does nothing for a single run",
    "loss=hinge,wasserstein": "put -m before it for one run each",
    "~seed": "~seed removes what is needed: ~ removes one entry of callbacks",
    "~optimizer.lr": "removes what is needed",
    "~callbacks": "removes what is needed",
    "~callback": "~callback is written callback=[] here",
    "loss=bce": "did you mean loss=non_saturating?",
    "loss=mse": "did you mean loss=least_squares?",
    "model.loss=hinge": "did you mean loss=hinge?",
    "penalty=[gp]": "did you mean penalty=[gradient]?",
    "penalty=[r1,gp]": "did you mean penalty=[gradient]?",
    "penalty=r1": "is written penalty=[r1]",
    "callback=progress": "is written callback=[progress]",
    "measure=vendi": "is written measure=[vendi]",
    "metric=vendi": "did you mean measure=[vendi]?",
    "measures=[vendi]": "did you mean measure=[vendi]?",
    "~measure": "~measure is written measure=[] here",
    "prior=gaussian": "did you mean prior=normal?",
    "network=cnn": "did you mean network=dcgan?",
    "optimizer=rms_prop": "did you mean optimizer=rmsprop?",
    "optimizer=oadam": "did you mean optimizer=optimistic_adam?",
    "sampler=rejection": "did you mean sampler=drs?",
    "logger=tb": "did you mean logger=tensorboard?",
    "hydra/launcher=slurm": "did you mean hydra/launcher=submitit_slurm?",
    "-m model=gan,wgna": "did you mean model=wgan?",
    "-m penalty=[r1],[gp]": "did you mean penalty=[gradient]?",
    "-m penalty=r1,r2": "is written penalty=[r1]",
    "-m": "nothing says which",
    "model=gan,wgan": "put -m before it",
    "--lr 1e-4": "--lr 1e-4 is written optimizer.lr=1e-4 here",
    "--lr=1e-4": "optimizer.lr=1e-4",
    "--model=wgan_gp": "model=wgan_gp",
    "--dataset MNIST": "data=mnist",
    "--epochs 5": "epochs=5",
    "--batch-size 64": "data.batch_size=64",
    "--cuda": "trainer.accelerator=gpu",
    "--optimizer.lr 3": "optimizer.lr=3",
    "--frobnicate 3": "there is no option --frobnicate 3",
    "--cfg everything": "--cfg takes job, hydra or all",
    "--resolve": "--resolve belongs to --cfg job",
    "wgan_gp": "as in model=wgan_gp",
    "mnist": "as in data=mnist",
    "lr:1e-4": "lr=1e-4",
    "seed =3": "without spaces",
    "'model = gan'": "without spaces",
    "resume=": "resume= is empty",
    "resume=\\'\\'": "is empty: give it a path",
    "-m model=gan model.n_critic=,": "the value of model.n_critic=, cannot be read",
    "-m model=gan 'seed=range(1,9,0)'": "seed=range(1,9,0) never ends: the step of a range is not 0",
    "-m model=gan 'seed=choice()'": "choice takes values, as in choice(a,b)",
    "-m model=gan,wgan hydra.launcher=joblib": "sets no launcher: hydra/launcher=NAME chooses one",
    "-m model=gan,wgan hydra.sweep.subdir=x": "would be the folder of every run",
    "data.root=a=b": "in two pairs of quotes, data.root=\"'a=b'\"",
    "-m experiment=study 'study.methods=[gan,gan penalty=[lecam,r1]]'": "=\"[gan,'gan penalty=[lecam,r1]']\"",
    "generator.lr=1e-4": "did you mean model.optimizers.generator.lr=1e-4?",
    "critic.lr=1e-4": "did you mean model.optimizers.critic.lr=1e-4?",
    "D.lr=1e-4": "did you mean model.optimizers.critic.lr=1e-4?",
    "optimizer.discriminator.lr=3": "did you mean model.optimizers.critic.lr=3?",
    "discriminator.hidden=[64]": "did you mean model.critic.hidden=[64]?",
    "critic.hidden=64": "did you mean model.critic.hidden=[64] (a number with network=dcgan or network=infogan)?",
    "generator.width=64": "model.generator.width=64 (which comes with network=dcgan or network=infogan or",
    "model.discriminator.dropout=0.3": "did you mean model.critic.dropout=0.3?",
    "netD.ndf=64": "did you mean model.critic.width=64",
    "discriminator.foo=3": "there is no option discriminator.foo: model.critic has shape, outputs, width, stages",
    "network.hidden=[64]": "did you mean model.generator.hidden=[64] model.critic.hidden=[64]?",
    "network.type=dcgan": "did you mean network=dcgan?",
    "prior.std=2": "did you mean model.prior.std=2 (which comes with prior=gaussian_mixture)?",
    "penalty.gradient.weight=3": "model.penalties.gradient.weight=3 (which comes with penalty=[gradient])?",
    "label_smoothing=0.1": "did you mean model.loss.real_target=0.9 (which comes with loss=",
    "loss.lambda_gp=3": "did you mean model.penalties.gradient.weight=3",
    "train.lr=3": "did you mean optimizer.lr=3?",
    "optimizer.eps=1e-6": "+model.optimizers.critic.eps=1e-6 +model.optimizers.generator.eps=1e-6?",
    "+optimizer.eps=0.1": "+model.optimizers.critic.eps=0.1 +model.optimizers.generator.eps=0.1?",
    "optimizer.name=adam": "did you mean optimizer=adam?",
    "optimizer.type=sgd": "did you mean optimizer=sgd?",
    "optimizer=adam(lr=3)": "as in optimizer=adam optimizer.lr=1e-4",
    "optimizer@model.optimizers.critic=rmsprop": "both players have one kind of optimizer, optimizer=adam or",
    "model.optimizers.critic=rmsprop": "as in model.optimizers.critic.lr=4e-4",
    "model.critic=dcgan": "both players have one kind of network, network=CHOICE, whose options may differ",
    "network@model.critic=dcgan": "both players have one kind of network",
    "optimizer.betas=(0.5,0.9)": "is written optimizer.betas=[0.5,0.9] here",
    "optimizer.betas=0.5,0.9": "is written optimizer.betas=[0.5,0.9] here",
    "betas=0.5,0.9": "did you mean optimizer.betas=[0.5,0.9]?",
    "'hidden=256 512'": "did you mean model.generator.hidden=[256,512]?",
    "--betas 0.5 0.9": "is written optimizer.betas=[0.5,0.999] here",
    "model.generator.hidden=[256, 512]": "is no whole list: a list is [a,b], without spaces",
    "callbacks=[progress]": "did you mean callback=[progress]?",
    "loggers=[csv,wandb]": "did you mean logger=[csv,wandb]?",
    "model.penalties=[r1]": "did you mean penalty=[r1]?",
    "trainer.logger=wandb": "did you mean logger=wandb?",
    "seeds=1,2": "did you mean -m seed=1,2?",
    "n_trials=20": "did you mean -m sweep=search hydra.sweeper.n_trials=20?",
    "use_ema=true": "did you mean model.ema_decay=0.999?",
    "gradient_penalty=true": "did you mean penalty=[gradient]?",
    "cuda=false": "did you mean trainer.accelerator=cpu?",
    "--no-cuda": "is written trainer.accelerator=cpu here",
    "--gpu 0": "is written trainer.devices=[0] here",
    "--gpu": "is written trainer.accelerator=gpu here",
    "save_every=100": "did you mean callbacks.checkpoints.times=NUMBER, for the whole run?",
    "early_stopping=true": "no run stops before its end",
    "run_name=foo": "did you mean hydra.run.dir=outputs/foo?",
    "model= gan": "as in model=gan",
    "model =gan": "as in model=CHOICE",
    "—epochs 5": "is written epochs=VALUE here",
    "'model=gan;'": "did you mean model=gan?",
    "model==gan": "did you mean model=gan?",
    "model: gan": "as in model=CHOICE",
    "model/gan": "as in model=gan",
    "wgan-gp": "as in model=wgan_gp",
    "optimizer.lr=1e-4,": "did you mean optimizer.lr=1e-4?",
    "+experiment=best_mnist": "is written experiment=best_mnist here: without +",
    "++model=gan": "is written model=gan here: without ++",
    "hydra/output=x": "there is no hydra/output=: the choices are hydra/launcher=, hydra/sweeper=",
    "hydra/job_logging=x": "the choices are default, disabled, none, stdout",
    "hydra.run.dir=": "hydra.run.dir= is empty",
    "hydra=5": "hydra=5 sets nothing: options of Hydra have a dot or a slash",
    "--config-name foo": "would replace the files of gan_lab",
    "--config-path=x": "your own lie in a folder that --config-dir FOLDER adds",
    "--config foo.yaml": "is written --config-dir FOLDER experiment=foo here",
    "experiment=configs/foo.yaml": "did you mean --config-dir FOLDER experiment=foo?",
    "data=./pictures": "did you mean data=folder data.root=./pictures?",
    "train": "what is meant is nothing, since python -m gan_lab trains",
    "--test": "what is meant is python -m gan_lab.evaluate RUN",
    "model.generator.hidden=[1,2": "a list is [a,b]",
}
"""Refused before anything is composed."""
COMPOSED = {
    "model.generator.dropout=0.3": "did you mean model.critic.dropout?",
    "model.n_critics=3": "did you mean model.n_critic?",
    "model=gan penalty=[r1] model.penalties.r1.lambda_=3": "did you mean model.penalties.r1.gamma?",
    "model.critic.projection=true": "did you mean +model.critic.projection?",
    "sampler.eps=0.1": "it comes with sampler=ddls or sampler=drs",
    "sobolev.p=3": "it comes with penalty=[sobolev]",
    "metric.metrics.alpha_precision.k=1": "it comes with measure=[alpha_precision]",
    "loggers.wandb.project=x": "it comes with logger=wandb",
    "hydra.sweeper.n_trials=3": "it comes with sweep=search",
    "hydra.swep.dir=x": "hydra.sweep.dir",
    "trainer.foo=2": "trainer has accelerator, devices",
    "+model.generator.depth=3": "model.generator.depth is no option of MLPGenerator",
    "+data.foo=1": "data.foo is no option of Digits",
    "model=gan model.n_critic=3 ~model.loss": "removes what is needed",
    "autoencoder.encoder.outputs=16": "does nothing here, since no part in use takes autoencoder.encoder.outputs",
    "autoencoder=dcgan": "model=ebgan and model=began use it",
    "+search.x=3": "only a search uses it",
    "model.Critic.hidden=[3]": "did you mean model.critic.hidden?",
    "model.critic.foo=3": "model.critic has shape, outputs, hidden",
    "model.discriminator.foo=3": "model.critic has shape, outputs, hidden",
    "model.critic.spectral_norm=true": "did you mean model.critic.norm=spectral?",
    "optimizer.gamma=0.9": "optimizer has lr, betas, fused",
    "trainer.gradient_clip_val=1": "trainer.gradient_clip_val is 1 and must be null",
    "--config-dir nowhere model=gan": "there is no folder",
    "--cfg job -m model=gan,wgan": "--cfg shows one configuration, and -m asks for several",
    "--cfg job optimizer.lr=-1": "optimizer.lr is -1 and must be a number above 0",
    "~callbacks.evaluation metric=random": "metric=random does nothing here",
    "~callbacks.evaluation sampler.batch_size=3": "sampler.batch_size=3 does nothing here",
    "sampler@sampler.proposal=direct": "does nothing here, since this configuration has no sampler.proposal",
    "optimizer.lr=-1": "optimizer.lr is -1 and must be a number above 0",
    "optimizer.lr=nan": "optimizer.lr is nan and must be a number above 0",
    "optimizer.betas=[0.5]": "optimizer.betas is [0.5] and must be a list of 2 values",
    "seed=abc": "seed is 'abc' and must be a whole number",
    "seed=true": "seed is true and must be a whole number",
    "epochs=0": "epochs is 0 and must be a number above 0",
    "generator_steps=0.5": "generator_steps is 0.5 and must be a whole number of 1 or more",
    "epochs=null": "this run has no length",
    "epochs=0 generator_steps=1": "epochs is 0",
    "epochs=5 generator_steps=100": "are two lengths: give one of them",
    "experiment=best_mnist epochs=5": "epochs=5 does nothing here, since generator_steps is 14000",
    "data.batch_size=0": "data.batch_size is 0 and must be a whole number of 1 or more",
    "model.prior.dim=-5": "model.prior.dim is -5",
    "model.critic.dropout=1.0": "model.critic.dropout is 1.0 and must be a number from 0 to below 1",
    "model.generator.norm=instance": "must be one of 'none', 'batch', 'layer', 'spectral'",
    "model.penalties.gradient.weight=-1": "model.penalties.gradient.weight is -1",
    "model=bwgan sobolev.p=0.5": "sobolev.p is 0.5 and must be a number from 1 to inf",
    "model=ebgan autoencoder.encoder.outputs=0": "autoencoder.encoder.outputs is 0",
    "trainer.devices=banana": "trainer.devices is 'banana'",
    "data=folder data.root=nowhere": "no image was found in nowhere",
    "experiment=sweep_sigma": "experiment=sweep_sigma is several runs: start it with python -m gan_lab -m",
    "experiment=search model=gan": "experiment=search is several runs",
    "experiment=study data=digits": "experiment=study is several runs",
    "-m sweep=search model=gan hydra.sweeper.n_trials=0": "n_trials is 0 and must be a whole number of 1 or more",
    "-m model=gan,wgan hydra/launcher=joblib hydra.launcher.n_jobs=0": "n_jobs is 0 and must be a whole number other",
    "-m model=gan,wgan hydra/launcher=joblib hydra.launcher.n_jobs=x": "n_jobs is 'x' and must be a whole number",
    "-m model=gan,wgan hydra.sweeper.params=[1]": "hydra.sweeper.params=[1] does not fit here",
    "explain -m figures=[gradients] seed=1,2 hydra/launcher=joblib hydra.launcher.verbose=-1": "verbose is -1 and must",
    "explain -m figures=[gradients] gradients.largest_score=1,-1": "largest_score is -1 and must be a number above 0",
    "extractor -m name=a data=digits lr=0.1,-1": "lr is -1 and must be a number above 0",
    "hydra.run.dir=/proc/x": "cannot be used",
    "explain figures=[gradients,gradients]": "names one of them twice",
    "compare . --curves fid": "--curves is for --figures",
    "compare . --curves=": "--curves is for --figures",
    f"compare {'x' * 300}": "cannot be used: file name too long",
    "model=gmgan_static data=swiss_roll": "class labels",
    "resume=nowhere": "nothing to resume",
    "-m model=gan,wgan optimizer.lr=1e-4,-1": "optimizer.lr is -1 and must be a number above 0",
    "-m model=ebgan,gan autoencoder.encoder.outputs=16": "autoencoder.encoder.outputs=16 does nothing here",
    "-m model=gan,wgan model.n_critics=1,2": "did you mean model.n_critic?",
    "-m sweep=search model=gan 'optimizer.lr=interval(-1,1)'": "optimizer.lr is -1.0",
    "-m sweep=search model=gan 'model.critic.dropout=interval(0.0,1.0)'": "model.critic.dropout is 1.0",
    "evaluate": "evaluate needs either checkpoint=PATH",
    "evaluate nowhere": "there is no checkpoint at",
    "evaluate checkpoint=": "checkpoint= is empty",
    "evaluate checkpoint=\\'\\'": "is empty: give it a path",
    "evaluate images=nowhere": "nowhere does not exist",
    "evaluate images=. sampler=ddls": "sampler=ddls does nothing here",
    "evaluate images=. data=ring measure=[vendi]": "metric=points has none of these",
    "evaluate images=. n=0": "n is 0 and must be a whole number of 1 or more",
    "evaluate images=. repeats=-1": "repeats is -1",
    "evaluate images=. network=mlp": "takes no network=: its choices are sampler=, metric=, data=",
    "evaluate images=. epochs=3": "has no option epochs: it belongs to training, python -m gan_lab epochs=3",
    "evaluate images=. lr=3": "it belongs to training, python -m gan_lab optimizer.lr=3",
    "evaluate images=. device=foo": "device is 'foo' and must be cpu, cuda or cuda:NUMBER",
    "evaluate images=. device=mps": "device is 'mps' and must be cpu, cuda or cuda:NUMBER",
    "sample nowhere epochs=3": "it belongs to training",
    "sample nowhere truncation=0.5": "did you mean sampler=truncated sampler.psi=0.5?",
    "sensitivity nowhere model.n_critic=3": "it belongs to training, python -m gan_lab model.n_critic=3",
    "sensitivity nowhere n=5": "did you mean sizes=[5]?",
    "sensitivity nowhere k=1,3": "did you mean ks=[1,3]?",
    "sensitivity nowhere extractor=vgg16": "did you mean +metric@extractors.vgg16=vgg16?",
    "export": "export needs checkpoint=PATH",
    "export nowhere": "there is no checkpoint at",
    "export nowhere licence=mit": "did you mean license=mit?",
    "export nowhere fp16=true": "did you mean half=true?",
    "export nowhere epochs=3": "it belongs to training",
    "export gmgan_dynamic formt=onnx": "did you mean format=onnx?",
    "export gmgan_dynamic format=pt": "format is 'pt' and must be one of 'safetensors', 'onnx'",
    "export gmgan_dynamic networks=[generator]": "networks=[generator] does nothing here",
    "export gmgan_dynamic format=onnx half=true": "half=true does nothing here",
    "export gmgan_dynamic format=onnx networks=[generator,generator]": "each once",
    "export gmgan_dynamic license=a/b": "must be a name such as mit",
    "export gmgan_dynamic upload=me": "upload=me names no repository of the Hub: write upload=USER/NAME",
    "export gmgan_dynamic upload=me/mine": "there is no key of the Hugging Face Hub on this machine",
    "sample hub:me": "hub:me names no repository of the Hub: write hub:USER/NAME",
    "explain figures=lipschitz": "is written figures=[lipschitz] here",
    "explain lipschitz": "as in figures=[lipschitz]",
    "explain lr=3": "it belongs to training",
    "evaluate model=gan images=.": "takes no model=",
    "evaluate num_samples=5": "did you mean n=5?",
    "evaluate images=. run_dir=out": "set hydra.run.dir=",
    "evaluate -m images=. data=digits metric.batch_size=5,0": "metric.batch_size is 0",
    "sample": "sample needs checkpoint=PATH",
    "sample nowhere": "there is no checkpoint at",
    "sample --output x": "out=x",
    "sensitivity nowhere": "there is no checkpoint at",
    "explain figures=[lipschitz] classifier.samples=100": "classifier.samples=100 does nothing here",
    "explain figures=[nothing]": "must be a list of one or more of",
    "explain lipschitz.steps=-1": "lipschitz.steps is -1",
    "explain threads=two": "threads is 'two' and must be a whole number",
    "extractor": "name is missing",
    "extractor name=x lr=-1": "lr is -1 and must be a number above 0",
    "sweep a b": "takes one argument",
}
"""Refused when the configuration has been composed."""
UNSAID = re.compile(
    r"Traceback|search path|searchpath|[Ll]exer|struct|[Pp]rimary config|defaults list|hydra\.cc|Error executing"
)


@pytest.mark.parametrize("line", AT_ONCE)
def test_a_wrong_word_is_answered_before_anything_is_composed(line: str) -> None:
    with pytest.raises(GanLabError) as refused:
        understood(shlex.split(line), TRAINING)
    assert AT_ONCE[line] in str(refused.value)
    assert not UNSAID.search(str(refused.value))


@pytest.mark.slow
def test_whatever_is_wrong_is_refused_in_one_sentence_that_leaves_nothing_behind(tmp_path: Path) -> None:
    modules = (*COMPOSING, "sweep")
    alone = {line for line in AT_ONCE if line.split()[0].isidentifier() and line.split()[0] not in modules}
    every = (AT_ONCE | COMPOSED).items()  # `many` takes a bare word for a module, and of a key given twice the last
    rows = {line: said for line, said in every if line not in alone and "is given twice" not in said}
    for line, result in zip(rows, many([shlex.split(line) for line in rows], tmp_path), strict=True):
        said = result["said"].strip()
        assert result["status"] == 1, (line, said)
        assert said.startswith("gan_lab: "), (line, said)
        assert rows[line] in said, (line, said)
        assert len(said.splitlines()) == 1, (line, said)
        assert not UNSAID.search(said), (line, said)
        assert [*Path(result["folder"]).rglob("config.yaml")] == [], line


def test_every_command_of_the_documents_is_understood() -> None:
    lines = [words(command) for command in COMMANDS + MENTIONED] + [("", one.split()) for _, _, one in examples()]
    read = [understood(given, COMPOSING[module]) for module, given in lines if module in COMPOSING]
    assert len(read) > 100


@pytest.mark.parametrize("name", MEASURING)
def test_a_bare_path_is_the_checkpoint(name: str) -> None:
    command = MEASURING[name]
    assert understood(["outputs/gan/2026-01-01"], command) == ["checkpoint='outputs/gan/2026-01-01'"]
    assert understood(["it's here/last.ckpt"], command) == ["checkpoint='it\\'s here/last.ckpt'"]


def test_what_hydra_is_asked_passes() -> None:
    for line in ("--help", "-h", "--hydra-help", "-sc query=bash", "--info plugins", "--cfg job --resolve model=gan"):
        assert sorted(understood(line.split(), TRAINING)) == sorted(line.split())


def test_a_line_of_hydra_for_other_processes_stays_as_it_is() -> None:
    """Lightning starts the other processes of a run with what this one had, and the folder."""
    line = ["model=gan", "hydra.run.dir='outputs/a b'", "hydra.job.name=x", "hydra.output_subdir=null", "resume='c d'"]
    assert understood(line, TRAINING) == line
    assert understood(["nowhere/run"], MEASURING["sample"]) == understood(
        understood(["nowhere/run"], MEASURING["sample"]), MEASURING["sample"]
    )


def test_choices_of_other_directories_are_not_known_here(tmp_path: Path) -> None:
    line = ["--config-dir", str(tmp_path), "model=mine"]
    assert understood(line, TRAINING) == line


@pytest.mark.parametrize("root", KEYS)
def test_what_a_synonym_stands_for_is_there(root: str) -> None:
    for ours in {*KEYS[root].values()}:
        for word in re.sub(r"^-m |, for.*", "", ours).split():
            key = re.split("[=@]", word.lstrip("+"))[0]
            assert key.startswith("hydra.") or choices(key) or known_root(key, root), ours


@pytest.mark.parametrize("group", CHOICES)
def test_what_a_choice_is_called_elsewhere_is_one_here(group: str) -> None:
    for ours in {*CHOICES[group].values()}:
        understood(["-m", *(word for word in ours.split() if "PATH" not in word)], TRAINING)
    for theirs, ours in CHOICES[group].items():
        assert meant(group, theirs) in (ours, written(group, theirs))


def test_help_of_every_command_needs_no_torch(tmp_path: Path) -> None:
    code = """
import contextlib, importlib, io, sys
composing = ("", "evaluate", "sample", "invert", "sensitivity", "export", "explain", "extractor")
for name in (*composing, "compare", "explore", "doctor", "report", "replay", "dashboard", "sweep", "reference"):
    for flag in ("--help", "-h"):
        sys.argv, said = ["gan_lab", flag], io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            importlib.import_module(f"gan_lab.{name}.__main__".replace("..", ".")).main()
        assert "gan_lab" in said.getvalue() and len(said.getvalue()) > 80, (name, said.getvalue())
        assert not {"torch", "matplotlib"} & {*sys.modules}, name
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [*tmp_path.iterdir()] == []


def test_nothing_is_given_twice_and_a_path_may_have_a_sign_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = MEASURING["evaluate"]
    for line in (["a", "b"], ["a", "checkpoint=b"]):
        with pytest.raises(GanLabError, match=r"^checkpoint is given twice"):
            understood(line, command)
    (tmp_path / "my run=1").mkdir()
    assert understood(["my run=1", "n=5"], command) == ["checkpoint='my run=1'", "n=5"]
    (tmp_path / "n=5").mkdir()
    assert understood(["my run=1", "n=5"], command) == ["checkpoint='my run=1'", "n=5"], "n is an option"


def test_what_may_be_removed_and_what_says_nothing() -> None:
    line = ["~callbacks.progress", "~model.penalties.gradient", "~search", "~metric.metrics.prdc", "experiment=null"]
    assert understood(line, TRAINING) == line[:-1]
    assert understood(["a", "~metric@extractors.random"], MEASURING["sensitivity"])[1:] == ["~metric@extractors.random"]
    assert understood(["-m", "sweep=search", "hydra/launcher=joblib"], TRAINING)[1:] == [
        *("sweep=search", "hydra/launcher=joblib"),
    ]
