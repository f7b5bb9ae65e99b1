"""What users of other GAN code type, and what it is called here.

The names are those of PyTorch-GAN, the DCGAN tutorial of PyTorch, mimicry, StudioGAN, torchgan and Lightning. Names are
compared without case, hyphens and underscores, so that `z-dim` and `z_dim` are one.
"""

import re


def bare(name: str) -> str:
    """Returns a name without case and punctuation: `WGAN-GP` and `wgan_gp` are the same."""
    return re.sub(r"[^a-z0-9.]", "", name.lower())


def table(rows: dict[str, str]) -> dict[str, str]:
    """Returns {"ours": "theirs others"} as {"theirs": "ours", "others": "ours"}."""
    return {bare(name): ours for ours, names in rows.items() for name in names.split()}


TRAINING = table(
    {
        "optimizer.lr": "lr learning_rate base_lr init_lr optimizer.learning_rate model.lr model.learning_rate",
        "model.optimizers.generator.lr": "lr_g g_lr gen_lr generator_lr lr_generator model.generator.lr "
        "model.generator.learning_rate optimizer.lr_g optimizer.generator_lr",
        "model.optimizers.critic.lr": "lr_d d_lr disc_lr discriminator_lr critic_lr lr_critic model.critic.lr "
        "model.critic.learning_rate optimizer.lr_d optimizer.critic_lr",
        "optimizer.betas": "betas adam_betas optimizer.beta",
        "optimizer.betas=[{},0.999]": "b1 beta1 adam_beta1 beta_1 optimizer.beta1 optimizer.b1",
        "optimizer.betas=[0.5,{}]": "b2 beta2 adam_beta2 beta_2 optimizer.beta2 optimizer.b2",
        **{
            f"+model.optimizers.critic.{option}={{}} +model.optimizers.generator.{option}={{}}": names
            for option, names in (
                ("weight_decay", "weight_decay wd optimizer.weight_decay optimizer.wd"),
                ("eps", "eps adam_eps adam_epsilon optimizer.eps optimizer.epsilon"),
                ("amsgrad", "amsgrad optimizer.amsgrad"),
            )
        },
        "data.batch_size": "b batch_size bs batch minibatch_size train_batch_size trainer.batch_size model.batch_size",
        "model.prior.dim": "latent_dim z_dim dim_z nz latent_size latent noise_dim noise_size z_size code_dim zdim "
        "encoding_dims model.latent_dim model.z_dim model.nz model.prior.latent_dim prior.dim model.generator.z_dim",
        "model.prior.components": "components n_components num_components n_gaussians k n_mixtures prior.components",
        "model.prior.std": "sigma std z_std prior.std model.prior.sigma",
        "model.n_critic": "n_critic critic_iters critic_iterations d_steps n_dis ndis disc_iters num_critic d_iters "
        "d_updates_per_step critic_steps model.critic_iters trainer.n_critic",
        "model.ema_decay": "ema ema_decay ema_beta use_ema g_ema model.ema",
        "model.packing": "packing pac pac_size",
        "model.top_k.share": "top_k topk",
        "model.instance_noise": "instance_noise input_noise noise_std d_noise critic_noise",
        "model.loss.real_target={1-}": "label_smoothing smoothing smooth one_sided_label_smoothing "
        "loss.label_smoothing model.label_smoothing",
        "trainer.accelerator": "device accelerator trainer.device backend",
        "trainer.accelerator=gpu": "cuda use_cuda use_gpu",
        "trainer.accelerator=cpu": "no_cuda cpu use_cpu",
        "trainer.devices": "gpus ngpu n_gpu num_gpus devices world_size nproc_per_node trainer.gpus",
        "trainer.devices=[{}]": "gpu gpu_id gpu_ids device_id device_ids local_rank",
        "trainer.num_nodes": "nodes num_nodes nnodes",
        "trainer.precision": "precision dtype",
        "trainer.precision=bf16-mixed": "amp fp16 mixed_precision half",
        "trainer.strategy": "strategy",
        "epochs": "e max_epochs n_epochs num_epochs epoch niter nepochs nb_epochs trainer.max_epochs trainer.epochs",
        "generator_steps": "max_steps steps total_steps iterations n_iter num_iters niters max_iter iters num_steps "
        "train_iters total_step trainer.max_steps n_steps",
        "model.penalties.gradient.weight": "lambda_gp gp_weight gp_lambda gp gp_scale gradient_penalty lambda lambd "
        "gradient_penalty_weight lamda lambda_term reg_param model.lambda_gp model.gp_weight",
        "model.penalties.r1.gamma": "r1_gamma r1_lambda r1 gamma r1_reg r1_weight",
        "model.constraints.weight_clipping.limit": "clip_value clip weight_clip weight_clipping clamp clamp_upper "
        "weight_cliping_limit clip_limit c",
        "-m seed={}": "seeds",
        "-m sweep=search hydra.sweeper.n_trials={}": "n_trials num_trials trials sweep.n_trials",
        "trainer.deterministic": "deterministic cudnn_deterministic",
        "seed": "s manual_seed manualseed random_seed random_state rng_seed global_seed trainer.seed",
        "data": "dataset dataset_name data_name dataset_type",
        "data.root": "dataroot data_dir data_path dataset_path root datadir data_root dataset_dir path data.path "
        "data.dir",
        "data.image_size": "image_size img_size imagesize resolution img_shape size data.img_size data.size",
        "data.channels": "channels nc n_channels img_channels in_channels num_channels data.nc",
        "data.num_classes": "num_classes n_classes classes",
        "network": "arch architecture backbone net netg netd generator discriminator critic gen disc model.network "
        "model.generator.type model.critic.type model.generator.name model.critic.name model.arch",
        "model.generator.width": "ngf g_conv_dim gen_dim base_channels width n_filters g_dim model.generator.ngf",
        "model.critic.width": "ndf d_conv_dim disc_dim d_dim model.critic.ndf",
        "model.generator.hidden": "hidden_dim hidden hidden_size hidden_dims hidden_units hidden_layers",
        "model.generator.norm": "normalization normalisation norm_type norm batch_norm bn use_bn batchnorm norm_layer",
        "model.critic.norm=spectral": "spectral_norm sn use_sn spectral apply_d_sn",
        "model.generator.activation": "activation nonlinearity",
        "model.critic.dropout": "dropout p_dropout dropout_rate dropout_prob model.dropout",
        "loss": "loss_fn criterion gan_mode adv_loss loss_type gan_loss loss_name model.loss_type",
        "penalty": "penalties model.penalties model.constraints regularizer regularization",
        "prior": "noise noise_type z_dist latent_distribution z_prior",
        "model=cgan_wgan_gp": "conditional class_conditional use_labels model.conditional",
        "callback": "callbacks trainer.callbacks",
        "logger": "loggers trainer.logger",
        "model": "gan gan_type algorithm method gan_model model_name model_type variant",
        "optimizer": "optim opt optimizer_name optimizer_type",
        "schedule": "scheduler lr_scheduler lr_schedule lr_decay lr_policy optimizer.scheduler optimizer.lr_scheduler "
        "optimizer.lr_decay model.scheduler",
        "schedule=linear schedule.hold=0.5": "decay_epoch",
        "schedule=warm_up": "warmup warm_up lr_warmup warmup_steps num_warmup_steps",
        "augment": "augmentation aug data.augment data_augmentation diff_augment transforms data.transform",
        "experiment": "config exp recipe preset cfg_file config_file",
        "metric": "metrics eval_metric evaluation_metric",
        "measure": "measures extra_measures",
        "resume": "checkpoint ckpt ckpt_path checkpoint_path resume_from resume_from_checkpoint load load_model "
        "restore load_path model_path resume_path trainer.resume_from_checkpoint",
        "hydra.run.dir=outputs/{}": "exp_name experiment_name run_name experiment.name job_name",
        "hydra.run.dir": "o out outdir out_dir output output_dir outf save_dir log_dir logdir default_root_dir workdir "
        "run_dir experiment_dir save_path results_dir trainer.default_root_dir",
        "logger=wandb": "wandb use_wandb",
        "logger=tensorboard": "tensorboard use_tensorboard",
        "loggers.wandb.project": "project wandb_project project_name",
        "callbacks.terms.every": "log_interval log_every log_every_n_steps print_every log_freq print_freq log_steps "
        "trainer.log_every_n_steps display_step",
        "callbacks.image_samples.times=NUMBER, for the whole run": "vis_steps sample_step "
        "sample_interval sample_every save_image_freq",
        "callbacks.checkpoints.times=NUMBER, for the whole run": "checkpoint_interval save_every save_interval "
        "checkpoint_every save_freq save_steps callbacks.checkpoints.every callbacks.checkpoints.every_n_epochs "
        "callbacks.checkpoint.every callbacks.checkpoint.every_n_epochs",
        "callbacks.evaluation.times=NUMBER, for the whole run": "callbacks.evaluation.every eval_every "
        "eval_interval val_check_interval fid_every eval_freq "
        "check_val_every_n_epoch trainer.val_check_interval trainer.check_val_every_n_epoch",
        "callbacks.evaluation.n": "n_samples num_samples n_fid fid_samples num_fid_samples n_eval_samples n",
    }
)
MEASURING = {
    "checkpoint": "run model ckpt ckpt_path path checkpoint_path run_dir model_path weights resume load folder dir",
    "n": "num_samples n_samples num samples num_images n_images count number",
    "device": "accelerator trainer.accelerator",
    "device=cuda:{}": "gpu gpu_id gpus gpu_ids device_id",
    "device=cuda": "cuda use_cuda use_gpu",
    "device=cpu": "no_cuda cpu",
    "data": "dataset dataset_name",
    "seed": "manual_seed random_seed",
    "sampler": "sampling method sampling_method",
    "sampler.batch_size": "batch_size bs batch",
    "which": "best_or_last",
}
"""Common to the commands that open a trained model."""
EVALUATE = table(
    MEASURING
    | {
        "metric": "extractor features feature_extractor metrics",
        "measure": "measures extra_measures",
        "metric.split": "split part",
        "metric.metrics.prdc.k": "k nearest_k",
        "images": "fake fakes image_dir samples_dir images_dir img_dir folder generated",
        "repeats": "n_seeds num_seeds repeat runs seeds",
        "hydra.run.dir": "out outdir out_dir output output_dir save_dir results_dir",
    }
)
SAMPLE = table(
    MEASURING
    | {
        "out": "outdir out_dir output output_dir save_dir o dir save_path",
        "label": "class y classes digit class_idx labels",
        "trajectory=interpolation": "interpolate interpolation interp",
        "trajectory=traversal": "traverse traversal",
        "sampler=truncated sampler.psi={}": "truncation truncation_psi psi trunc",
        "format": "file_type ext extension",
    }
)
INVERT = table(
    {ours: theirs for ours, theirs in MEASURING.items() if not ours.startswith("sampler")}
    | {
        "images": "image img image_dir images_dir img_dir target targets photos real",
        "out": "outdir out_dir output output_dir save_dir o dir save_path",
        "interpolation_steps": "interpolation interpolate interp frames trajectory path_steps interpolation_frames",
        "descent.starts": "starts restarts n_starts num_starts random_restarts",
        "descent.steps": "steps iterations iters n_steps num_steps",
        "descent.learning_rate": "lr learning_rate step_size",
        "descent.weight": "weight lambda prior_weight regularization reg",
        "descent.candidates": "candidates pool",
        "descent.batch_size": "batch_size bs batch",
    }
)
SENSITIVITY = table(
    {ours: theirs for ours, theirs in MEASURING.items() if ours != "n"}
    | {
        "+metric@extractors.{}={}": "extractor extractors metrics",
        "ks": "k nearest_k neighbours",
        "sizes": "n n_samples num_samples samples ns",
        "hydra.run.dir": "out outdir out_dir output output_dir save_dir",
    }
)
EXPORT = table(
    {ours: MEASURING[ours] for ours in ("checkpoint", "which")}
    | {
        "out": "outdir out_dir output output_dir save_dir o dir save_path",
        "format=onnx": "onnx to_onnx",
        "format": "file_type ext extension type",
        "half": "fp16 half_precision float16",
        "networks": "network parts players",
        "license": "licence",
        "evaluation": "metrics measures results eval",
        "upload": "push push_to_hub repo repo_id hub repository",
        "overwrite": "force replace",
    }
)
KEYS = {
    **{"config": TRAINING, "evaluate": EVALUATE, "sample": SAMPLE, "invert": INVERT},
    **{"sensitivity": SENSITIVITY, "export": EXPORT},
}
"""By the root of a command's configuration: the name that somebody typed, and the key that was meant. `{}` stands for
the value; a key with a value takes none."""

PARTS = table(
    {
        "model.generator": "generator gen g netg model.gen model.g model.netg network.generator "
        "model.network.generator",
        "model.critic": "critic discriminator disc d netd model.discriminator model.disc model.d model.netd "
        "network.critic network.discriminator model.network.discriminator",
        "model.prior": "prior noise latent model.noise model.latent",
        "model.loss": "loss criterion model.criterion",
        "model.penalties": "penalty penalties model.penalty",
        "model.constraints": "constraint constraints model.constraint",
        "model.optimizers.generator": "optimizers.generator optimizer.generator optimizer_g optimizer.g opt_g optim_g "
        "g_optimizer generator.optimizer model.generator.optimizer model.optimizer_g",
        "model.optimizers.critic": "optimizers.critic optimizer.critic optimizer.discriminator optimizer_d optimizer.d "
        "opt_d optim_d d_optimizer critic.optimizer discriminator.optimizer model.critic.optimizer model.optimizer_d "
        "model.optimizers.discriminator",
        "": "train training trainer_args hparams args config cfg params hyperparameters hp opts settings",
        "network": "network net arch",
        "optimizer": "optim opt adam rmsprop optimisers optimizers model.optimizer",
        "data": "dataset datamodule dataloader data_loader",
        "callbacks": "callback",
        "loggers": "logger",
        "loggers.wandb": "wandb",
        "callbacks.evaluation": "evaluation eval",
        "callbacks.checkpoints": "checkpoint checkpoints model_checkpoint",
    }
)
"""Parts of the configuration that are called otherwise."""

NO_SUCH = table(
    {
        "images are held in memory, so that no workers load them": "workers num_workers n_cpu n_workers "
        "data.num_workers data.workers pin_memory prefetch_factor data.pin_memory num_threads",
        "of optimizer=adam it is the first of optimizer.betas, of optimizer=sgd optimizer.momentum, and of "
        "optimizer=rmsprop "
        "+model.optimizers.critic.momentum=VALUE +model.optimizers.generator.momentum=VALUE": "momentum "
        "optimizer.momentum",
        "no run stops before its end: checkpoints/best.ckpt is its best state": "early_stopping patience early_stop "
        "callbacks.early_stopping",
        "nothing is compiled here: trainer.cuda_graph=true makes small networks faster on a GPU": "compile jit "
        "torch.compile torch_compile",
        "images are not augmented": "augment augmentation hflip data.augment diffaug ada",
        "gradients are neither clipped nor accumulated, which Lightning cannot do for alternating players": "grad_clip "
        "gradient_clip clip_grad max_grad_norm grad_accumulation accumulate",
    }
)
"""What there is not, and why."""
VALUES = {
    "trainer.accelerator": {"cuda": "gpu", "cuda:0": "gpu"},
    "device": {"gpu": "cuda", "0": "cuda", "auto": "null", "trainer.accelerator=gpu": "cuda"},
    "model.ema_decay": {"true": "0.999", "false": "0"},
    "model.loss.real_target": {"true": "0.9", "false": "1"},
    "model.packing": {"true": "2", "false": "1"},
    "model.top_k.share": {"true": "0.5", "false": "1"},
    "model.instance_noise": {"true": "0.1", "false": "0"},
    "model.generator.norm": {"true": "batch", "false": "none"},
    "model.penalties.gradient.weight": {"true": "penalty=[gradient]", "false": "penalty=[]"},
    "model.penalties.r1.gamma": {"true": "penalty=[r1]", "false": "penalty=[]"},
    "model.constraints.weight_clipping.limit": {"true": "penalty=[weight_clipping]", "false": "penalty=[]"},
}
"""Values that are called otherwise, or another assignment that they mean."""
OPPOSITES = {
    "trainer.accelerator=gpu": "trainer.accelerator=cpu",
    "trainer.accelerator=cpu": "trainer.accelerator=gpu",
    "trainer.precision=bf16-mixed": "trainer.precision=32-true",
    "logger=wandb": "logger=csv",
    "logger=tensorboard": "logger=csv",
    "model.critic.norm=spectral": "model.critic.norm=none",
    "model=cgan_wgan_gp": "model=wgan_gp",
    "device=cuda": "device=cpu",
    "device=cpu": "device=cuda",
}
"""What is meant where such an assignment is asked for with the value false."""
WITHOUT_VALUE = {"trainer.devices=[{}]": "trainer.accelerator=gpu", "device=cuda:{}": "device=cuda"}
"""What is meant where such an assignment is asked for without a value."""
COMMANDS = {
    **dict.fromkeys(("train", "fit", "run", "training"), "nothing, since python -m gan_lab trains"),
    **dict.fromkeys(("test", "eval", "evaluate", "evaluation", "validate"), "python -m gan_lab.evaluate RUN"),
    **dict.fromkeys(("sample", "generate", "predict", "inference"), "python -m gan_lab.sample RUN"),
    **dict.fromkeys(("invert", "inversion", "project", "encode"), "python -m gan_lab.invert RUN"),
    **dict.fromkeys(("explore", "explorer", "play"), "python -m gan_lab.explore RUN"),
    **dict.fromkeys(("help", "usage", "options"), "python -m gan_lab --help"),
    **{"version": "python -m gan_lab --version", "compare": "python -m gan_lab.compare"},
    **dict.fromkeys(("export", "save", "convert"), "python -m gan_lab.export RUN"),
    **{"explain": "python -m gan_lab.explain", "sensitivity": "python -m gan_lab.sensitivity RUN"},
    **{"dashboard": "python -m gan_lab.dashboard", "dry_run": "python -m gan_lab --cfg job"},
}
"""Words and flags that are commands of other programs."""

CHOICES = {
    "model": table(
        {
            "model=gan": "vanilla vanilla_gan original original_gan nsgan ns_gan non_saturating standard goodfellow",
            "model=gan network=dcgan": "dcgan cnn_gan conv_gan",
            "model=gan network=infogan": "infogan",
            "model=gan model.packing=2": "pacgan",
            "model=gan penalty=[gradient]": "gan_gp",
            "model=wgan_gp": "improved_wgan iwgan wgan_gradient_penalty wgp wgan_lambda",
            "model=wgan": "wgan_clip wgan_cp wgan_wc wgan_weight_clipping wasserstein wasserstein_gan wgan_clipping",
            "model=lsgan": "mse least_squares ls least_squares_gan",
            "model=sngan": "spectral spectral_norm sn_dcgan",
            "model=cgan_wgan_gp": "cgan conditional conditional_gan projection",
            "model=cgan_wgan_gp loss=class_auxiliary model.critic.projection=false": "acgan",
            "model=gmgan_dynamic": "gmgan gm_gan mixture mog_gan",
            "model=gan_minimax": "minimax saturating mm_gan",
            "model=rsgan": "relativistic rgan rpgan relativistic_gan",
            "model=ragan model.loss.form=hinge": "rahinge",
            "model=ragan model.loss.form=least_squares": "ralsgan",
            "model=hinge": "hinge_gan geometric",
            "experiment=best_mnist": "best",
        }
    ),
    "loss": table(
        {
            "loss=non_saturating": "bce_loss nn.bce_loss bce_with_logits_loss nn.bce_with_logits_loss "
            "bce vanilla ns standard gan logistic cross_entropy bce_with_logits original",
            "loss=least_squares": "mse lsgan l2 ls",
            "loss=wasserstein": "wgan w wgan_gp wgangp wloss wass was emd",
            "loss=minimax": "saturating minmax mm",
            "loss=fgan": "f_divergence kl js f_gan",
            "loss=relativistic": "rsgan rgan rpgan",
            "loss=relativistic_average": "ragan",
        }
    ),
    "penalty": table(
        {
            "penalty=[gradient]": "gp wgan_gp wgangp gradient_penalty two_sided",
            "penalty=[gradient] model.penalties.gradient.form=one_sided": "lp wgan_lp one_sided lipschitz",
            "penalty=[weight_clipping]": "clip clipping weight_clip wc",
            "penalty=[r1]": "zero_centered zero_centred 0gp zero_gp r1_regularization",
            "penalty=[r1,r2]": "r1r2",
            "penalty=[consistency]": "ct",
            "penalty=[pull_away]": "pt",
            "penalty=[lecam]": "lc le_cam lecam_reg",
            "penalty=[]": "none no false null",
            "model.critic.norm=spectral": "spectral_norm sn spectral",
        }
    ),
    "prior": table(
        {
            "prior=normal": "gaussian gauss randn standard_normal",
            "prior=gaussian_mixture": "mog gmm mixture",
            "prior=info_codes": "infogan categorical codes",
            "prior=labelled": "conditional class onehot one_hot labeled",
            "prior=uniform": "rand unif",
        }
    ),
    "network": table(
        {
            "network=dcgan": "cnn conv convolutional conv2d convnet",
            "network=resnet": "residual res_net resnet18 sngan_resnet wgan_gp_resnet",
            "network=mlp": "fc dense linear fully_connected ffn",
            "network=mlp_2d": "2d toy points",
        }
    ),
    "optimizer": table(
        {
            "optimizer=adam": "adamw",
            "optimizer=rmsprop": "rms",
            "optimizer=sgd": "gd gradient_descent",
            "optimizer=optimistic_adam": "oadam optimistic omd ogda",
        }
    ),
    "augment": table(
        {
            "augment=none": "no null false off",
            "augment=diffaugment": "diff_aug diff_augment true",
            "augment=adaptive": "ada stylegan2_ada",
        }
    ),
    "schedule": table({"schedule=constant": "none no null false", "schedule=cosine": "cosine_annealing cos"}),
    "data": table(
        {
            "data=digits": "sklearn sklearn_digits digit",
            "data=fashion_mnist": "fashion fmnist",
            "data=kmnist": "kuzushiji kuzushiji_mnist",
            "data=stacked_mnist": "stacked",
            "data=cifar10": "cifar cifar_10",
            "data=svhn": "house_numbers",
            "data=celeba": "celeb_a celeb faces",
            "data=patches": "crops photographs photos colour color rgb china flower sample_images",
            "data=folder data.root=PATH": "custom imagefolder images image_folder lsun own",
            "data=ring": "gaussians 8gaussians ring8 mog circle",
            "data=grid": "25gaussians grid25",
            "data=swiss_roll": "spiral",
            "data=dirac": "dirac_gan point_mass",
            "data=points data.path=FILE": "csv npy point_cloud 2d toy",
        }
    ),
    "metric": table(
        {
            "metric=mnistcnn": "fid kid prdc precision recall density coverage frechet mnist cnn lenet",
            "metric=inception": "inceptionv3 is inception_v3",
            "metric=vgg16": "vgg",
            "metric=dinov2_vitl14": "dino dinov2 dino_v2 fd_dinov2 vit",
            "metric=pixels": "raw pixel",
            "measure=[vendi]": "vendi vendi_score",
            "measure=[clusters]": "ari clusters adjusted_rand_index",
            "measure=[alpha_precision]": "alpha_precision beta_recall",
            "measure=[class_distances]": "class_fid class_kid class_distances intra_fid",
            "measure=[reconstruction]": "inversion ivom reconstruction_error",
        }
    ),
    "measure": table(
        {
            "measure=[vendi]": "vendi_score",
            "measure=[clusters]": "ari adjusted_rand_index rand_index homogeneity clustering",
            "measure=[alpha_precision]": "beta_recall ip_alpha ir_beta",
            "measure=[class_distances]": "class_fid class_kid intra_fid fid_by_class",
            "measure=[reconstruction]": "inversion ivom reconstruction_error mse",
            "measure=[]": "none no false null",
        }
    ),
    "sampler": table(
        {
            "sampler=direct": "none plain z ancestral normal",
            "sampler=truncated": "truncation trunc",
            "sampler=drs": "rejection",
            "sampler=ddls": "langevin mcmc",
            "sampler=mh": "metropolis mhgan",
        }
    ),
    "logger": table(
        {
            "logger=wandb": "wb weights_and_biases weightsandbiases",
            "logger=tensorboard": "tb",
            "logger=csv": "none no false null",
        }
    ),
    "callback": table({"callback=[checkpoints]": "checkpoint", "callback=[evaluation]": "fid eval evaluate"}),
    "sweep": table({"sweep=search": "optuna bayes bayesian tpe", "sweep=grid": "product cartesian"}),
    "hydra/launcher": table(
        {"hydra/launcher=submitit_slurm": "slurm", "hydra/launcher=joblib": "parallel multiprocessing local"}
    ),
}
"""By group: the choice that somebody typed, and what it is here."""
