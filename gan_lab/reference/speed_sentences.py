"""What benchmark_training.json and benchmark_measuring.json say, as the Markdown documents print it."""

from gan_lab.reference.published import Record
from gan_lab.training.precision import WORTH_IT


def speed_table(record: Record) -> str:
    """Return a table with a line for each variant and network: medians with least and most."""
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
    """Return median, least and most in words."""
    middle, least, most = values
    return f"{middle:.2f} ({least:.2f} to {most:.2f})"


def sentences(record: Record) -> str:
    """Return in words what the table does not show of benchmark_training.json."""
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
    return "\n".join(f"- {part}" for part in parts)


def speed_of_measuring(found: Record) -> str:
    """Return in words how long other libraries take, from benchmark_measuring.json."""
    times = {way: value["times_ours"][0] for way, value in found["fid_2048"]["from_features"].items()}
    again = times["gan_lab, known reference"]
    four = {way: value["times_ours"][0] for way, value in found["neighbours_384"]["seconds"].items()}
    largest = found["growth_384"][-1]
    statistics = found["fid_2048"]["from_statistics"]["torchmetrics"]["times_ours"][0]
    return (
        f"On {found['n']:,} + {found['n']:,} features of 2048 numbers torchmetrics takes "
        f"{times['torchmetrics, batches of 64'] / again:.1f} times as long for FID\n"
        f"(in batches of 64; {times['torchmetrics, batches of 2000'] / again:.1f} times in batches of 2000) and "
        f"torch-fidelity {times['torch_fidelity'] / again:.1f} times, where the reference is known;\n"
        f"{times['torchmetrics, batches of 64']:.1f}, {times['torchmetrics, batches of 2000']:.1f} and "
        f"{times['torch_fidelity']:.1f} times where it is not; {statistics:.1f} times from given "
        f"statistics. For precision, recall, density\nand coverage (384 numbers) `prdc` takes {four['prdc']:.1f} times "
        f"as long, and torch-fidelity "
        f"{four['torch_fidelity, precision and recall']:.1f} times for precision and recall alone.\n"
        f"{largest['n']:,} + {largest['n']:,} take {largest['seconds']:.0f} s and {largest['peak_mb'] / 1000:.1f} GB "
        "on two cores."
    )
