"""What outputs/reference/benchmark_training.json says, as the README prints it."""

from typing import Any

from gan_lab.precision import WORTH_IT


def speed_table(record: dict[str, Any]) -> str:
    """One line for each variant and network, medians with least and most."""
    floors, lines = record["floor"]["results"], []
    for name, ways in record["speed"]["results"].items():
        ours = ways["gan_lab"]
        cells = [
            "`" + name.replace(", ", "` on `") + "`",
            f"{ours['images_per_second']:,.0f}",
            *(span(ours[f"times_{other}"]) for other in ("script", "bare")),
            f"{ours['milliseconds_per_round']:.0f}",
            f"{floors[name]['floor_milliseconds']['float32']:.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    head = ["", "images a second", "times (b), the users' script", "times (a), a bare loop", "ms a round", "floor, ms"]
    return "\n".join(["| " + " | ".join(head) + " |", "|---|" + "---:|" * 5, *lines])


def span(values: list[float]) -> str:
    """Median, least and most."""
    middle, least, most = values
    return f"{middle:.2f} ({least:.2f} to {most:.2f})"


def sentences(record: dict[str, Any]) -> str:
    """The rest of it, in words."""
    floor, speed, processes = (record[name]["results"] for name in ("floor", "speed", "processes"))
    rates = floor["giga_operations_per_second"]
    halves = {net: speed[f"wgan_gp, {net}"]["gan_lab, bf16"]["images_per_second"] for net in ("mlp", "dcgan")}
    singles = {net: speed[f"wgan_gp, {net}"]["gan_lab"]["images_per_second"] for net in ("mlp", "dcgan")}
    chosen = "bf16-mixed" if rates["bfloat16"] / rates["float32"] >= WORTH_IT else "32-true"
    shares = {
        net: ", ".join(
            f"{100 * share:.0f} % {kind}" for kind, share in of["shares_of_profiled_time"].items() if share > 0.01
        )
        for net, of in ((net, floor[f"wgan_gp, {net}"]) for net in ("mlp", "dcgan"))
    }
    two = {
        net: [processes[f"wgan_gp, {net}"][way]["times_one of one thread"][0] for way in processes[f"wgan_gp, {net}"]]
        for net in ("mlp", "dcgan")
    }
    leads = {
        net: {way: of["times_ours"][0] for way, of in ways.items()} for net, ways in record["leads"]["results"].items()
    }
    start = record["startup"]["results"]["mnist"]["seconds"]
    parts = [
        f"The floor is a round's matrix products and convolutions at {rates['float32']} billion operations a second, "
        f"this processor's best in float32. In bfloat16 it does {rates['bfloat16']}: `bf16-mixed` makes "
        f"{halves['mlp'] / singles['mlp']:.2f} of the images on `mlp` and {halves['dcgan'] / singles['dcgan']:.2f} on "
        f"`dcgan`, and `trainer.precision=auto`, which measures, chooses {chosen} here.",
        f"WGAN-GP's time goes, on `mlp`, to {shares['mlp']}; on `dcgan`, to {shares['dcgan']}.",
        *(
            f"A critic's turn on `{net}` takes so many times as long: "
            + ", ".join(f"{times:.2f} with {way}" for way, times in ways.items() if way != "ours")
            + "."
            for net, ways in leads.items()
        ),
        f"One process of two threads makes {two['mlp'][1]:.2f} times (`mlp`) and {two['dcgan'][1]:.2f} times (`dcgan`) "
        f"the images of one thread, two processes of one thread {two['mlp'][2]:.2f} and {two['dcgan'][2]:.2f} times; "
        f"the last evaluation takes {processes['evaluation']['times_one']:.2f} times as long in one process as in two.",
        f"A default run on MNIST starts its first round after {start['total']:.1f} s and holds at most "
        f"{record['memory']['results']['peak_megabytes'] / 1000:.1f} GB.",
        "Mean FID over five seeds, with each acceleration against without: "
        + "; ".join(
            f"{name} {of['mean']['accelerated']:.1f} against {of['mean']['plain']:.1f} "
            f"({abs(of['difference_in_standard_errors']):.1f} standard errors)"
            for name, of in record["quality"]["results"].items()
        )
        + ".",
    ]
    return "\n".join(parts)
