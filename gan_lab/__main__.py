"""python -m gan_lab: compose a configuration, build what it names, train it. Torch is imported only for that."""

import os
import sys

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from gan_lab import resume
from gan_lab.conf_dir import CONF_DIR, register_resolvers
from gan_lab.errors import GanLabError


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="config")
def run(config: DictConfig) -> float | None:
    from gan_lab.train import train

    try:
        return train(config)
    except GanLabError as error:
        if HydraConfig.get().mode == RunMode.MULTIRUN:
            raise  # Hydra goes on with the other jobs and hands the first error over at the end
        sys.exit(f"gan_lab: {error}")


def main() -> None:
    """The entry point. A user's mistake becomes one sentence and a non-zero exit status; a bug keeps its traceback."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # Hydra hands errors over instead of printing them
    register_resolvers()
    try:
        path = resume.requested(sys.argv[1:])
        if path is not None and "LOCAL_RANK" not in os.environ:  # Lightning tells the processes that it starts
            run_dir, _ = resume.locate(path)
            sys.argv.append(f"hydra.run.dir='{run_dir}'")
        run()
    except GanLabError as error:
        sys.exit(f"gan_lab: {error}")
    except (HydraException, OmegaConfBaseException) as error:
        cause = f"\n{error.__cause__}" if isinstance(error.__cause__, OmegaConfBaseException) else ""
        sys.exit(f"gan_lab: {error}{cause}")


if __name__ == "__main__":
    main()
