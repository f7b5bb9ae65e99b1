"""python -m tests.mutants: which bugs do the tests miss? Plants five in every room of gan_lab and runs its tests.

Each bug is one line. What is found is kept in outputs/mutants/: a campaign that was stopped goes on, and only the rooms
whose tests were mended run again. What all rooms give is written to outputs/reference/mutants.json. The exit status is
1 where the tests find too little. A mutant that changes nothing is left out: tests/mutants/excused.json has the proof.
"""

import argparse
import sys
from pathlib import Path

from gan_lab.runs.atomic import write_json
from tests.mutants.campaign import Campaign, Planted
from tests.mutants.draw import draw, excuses
from tests.mutants.report import enough, record, sentences
from tests.mutants.rooms import files_of_tests, places_of_tests, rooms
from tests.mutants.state import State, fingerprint

RESULT = Path("outputs/reference/mutants.json")
STATE = Path("outputs/mutants")


def main() -> None:
    """Exits with an error where the tests find too little."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Ask which bugs the tests miss.")
    parser.add_argument(
        "rooms", nargs="*", help="these rooms alone, and no record; '.' is the modules in gan_lab itself"
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed draws other mutants")
    parser.add_argument("--each", type=int, default=5, help="mutants in a room")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="only show the mutants")
    arguments = parser.parse_args()

    root = Path.cwd()
    chosen = [room for room in rooms(root) if room in arguments.rooms or not arguments.rooms]
    if unknown := {*arguments.rooms} - {*chosen}:
        parser.error(f"no such room: {', '.join(sorted(unknown))}; there are {', '.join(rooms(root))}")
    excused = excuses()
    drawn = {room: draw(root, room, arguments.each, arguments.seed, excused) for room in chosen}
    planted = [Planted(room, mutant) for room, (some, _) in drawn.items() for mutant in some]
    left_out = [mutant for _, some in drawn.values() for mutant in some]
    if arguments.list:
        print("\n".join(one.mutant.diff(root) for one in planted))
        return

    places = {room: places_of_tests(root, room) for room in chosen}
    groups = {room: fingerprint(root, files_of_tests(root, there)) for room, there in places.items()}
    groups |= {place: fingerprint(root, files_of_tests(root, [place])) for some in places.values() for place in some}
    state = State(STATE / f"seed_{arguments.seed}.json", groups)
    campaign = Campaign(root, state, arguments.workers, arguments.seed)
    try:
        campaign.run(planted)
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on")
    found = record(root, campaign, planted, left_out, excused)
    if chosen == [*rooms(root)]:
        write_json(RESULT, found)
    print(sentences(found))
    sys.exit(0 if enough(found) else 1)


if __name__ == "__main__":
    main()
