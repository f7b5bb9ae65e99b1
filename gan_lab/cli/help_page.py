"""What `--help` prints. Imports no torch."""

from omegaconf import OmegaConf

from gan_lab.config.choices import root_file


def help_page(root: str) -> str | None:
    """Returns the help of the command whose configuration starts from this file; None if it shows the configuration,
    which Hydra composes for it.

    Hydra lists all choices of all groups for every help, used or not, and takes a second for that.
    """
    page = root_file(root)["hydra"]["help"]
    if "$CONFIG" in page["template"]:
        return None
    return str(OmegaConf.create({"hydra": {"help": page}}).hydra.help.template)
