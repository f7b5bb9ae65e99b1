"""python3 -m tests.gpu: what can be learnt on a GPU in eight minutes, as outputs/reference/gpu.json.

    make gpu                                    where packages can be installed
    python3 -m tests.gpu                        on a machine without a network, which has torch and outputs/gpu_bundle
    python3 -m tests.gpu --parts evaluate ...   some parts alone, in this order
    python3 -m tests.gpu --short                three steps of everything, to see that it works

The parts are ordered by worth. The record is written after each of them, and says what failed, what was stopped and
what there was no time for. The exit status is 1 where a part has failed.
"""

import argparse
import signal
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from tests.gpu.bring import BUNDLE, REPOSITORY, bring
from tests.gpu.plan import Part, Record, outcome, play

FOLDER = Path("outputs/gpu")
LIMITS = {
    "tests": (120, 20),
    "best_mnist, 32-true": (150, 60),
    "evaluate": (45, 15),
    "speed, wgan_gp on mlp": (65, 25),
    "speed, wgan_gp on dcgan": (65, 25),
    "speed, gan on mlp": (65, 25),
    "speed, gan on dcgan": (65, 25),
    "best_mnist, bf16-mixed": (150, 60),
}
"""By part: the seconds that it may take, and those without which it is not begun."""


def command(name: str, device: str, short: bool) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.gpu.parts", name, device, "short" if short else "long")


def main() -> None:
    start = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the part under way is ended, too
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="the record; with --short, outputs/gpu/short.json")
    parser.add_argument("--seconds", type=float, default=480, help="of all parts together")
    parser.add_argument("--parts", nargs="+", choices=LIMITS, default=[*LIMITS], metavar="PART")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu: to see that it works")
    parser.add_argument("--bundle", type=Path, default=BUNDLE)
    options = parser.parse_args()
    for_real = options.device == "cuda" and not options.short
    path = options.out or (REPOSITORY / "outputs" / "reference" / "gpu.json" if for_real else FOLDER / "short.json")
    FOLDER.mkdir(parents=True, exist_ok=True)
    bring(options.bundle, FOLDER)
    from gan_lab.runs.atomic import write_json  # what it needs may have been missing

    about = outcome(command("machine", options.device, options.short), 60)
    if about["status"] != "done":
        sys.exit(about["reason"])
    record: dict[str, Any] = {
        "command": " ".join(("python -m tests.gpu", *sys.argv[1:])),
        "date": date.today().isoformat(),
        **about["result"],
    }

    def write(parts: Record) -> None:
        taken = {"seconds": round(time.monotonic() - start, 1)}
        write_json(path, record | taken | {"parts": parts})
        name, found = [*parts.items()][-1]
        print(f"{name}: {found['status']} {found.get('reason', '')}".strip(), flush=True)

    left = options.seconds - (time.monotonic() - start)
    limits = {name: (left, 0) if options.short else LIMITS[name] for name in options.parts}  # elsewhere all is slower
    parts = [Part(name, command(name, options.device, options.short), *limits[name]) for name in options.parts]
    found = play(parts, left, write)
    print(f"the record: {path}")
    sys.exit(1 if any(each["status"] in ("failed", "stopped") for each in found.values()) else 0)


if __name__ == "__main__":
    main()
