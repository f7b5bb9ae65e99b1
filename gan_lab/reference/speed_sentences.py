"""The results in benchmark_training.json and benchmark_measuring.json, in tables and sentences for the documents."""

from gan_lab.reference.published import Record
from gan_lab.terminal.markdown_table import markdown_table
from gan_lab.training.precision import WORTH_IT


def speed_table(record: Record) -> str:
    """Returns a table with a line for each variant and network: medians with minimum and maximum."""
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
        lines.append(cells)
    head = ["", "images/s", "speed-up over (b), a user's script", "over (a), a bare loop", "ms per round", "floor (ms)"]
    return markdown_table(head, lines)


def span(values: list[float]) -> str:
    """Returns median, minimum and maximum in words."""
    middle, least, most = values
    return f"{middle:.2f} ({least:.2f} to {most:.2f})"


def sentences(record: Record) -> str:
    """Returns in words the results in benchmark_training.json that are not in the table."""
    floor, speed, processes, shared = (record[name]["results"] for name in ("floor", "speed", "processes", "shared"))
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
    at_once = {
        way.removesuffix(", two at once"): of["times_alone"][0] for way, of in shared.items() if "two at once" in way
    }
    start = record["startup"]["results"]["mnist"]["seconds"]
    parts = [
        "The floor is the time of a round's matrix products and convolutions alone, at "
        f"{rates['float32']} billion operations per second, this processor's peak in float32. Its peak in bfloat16 is "
        f"{rates['bfloat16']}: the throughput with `bf16-mixed` is {halves['mlp'] / singles['mlp']:.2f} times that of "
        f"float32 on `mlp` and {halves['dcgan'] / singles['dcgan']:.2f} times on `dcgan`, so that "
        f"`trainer.precision=auto`, which measures this, chooses {chosen} here.",
        f"WGAN-GP spends its time as follows. On `mlp`: {shares['mlp']}. On `dcgan`: {shares['dcgan']}.",
        *(
            f"On `{net}`, a critic step takes "
            + ", ".join(f"{times:.2f} times as long with {way}" for way, times in ways.items() if way != "ours")
            + "."
            for net, ways in leads.items()
        ),
        f"Compared with one process of one thread, one process of two threads trains {two['mlp'][1]:.2f} times (`mlp`) "
        f"and {two['dcgan'][1]:.2f} times (`dcgan`) as many images per second, and two processes of one thread each "
        f"{two['mlp'][2]:.2f} and {two['dcgan'][2]:.2f} times. The last evaluation takes "
        f"{processes['evaluation']['times_one']:.2f} times as long in one process as in two.",
        f"Two trainings at once, of two threads each, take {at_once['as it comes']:.2f} times as long as one alone, "
        f"each; with the spinning of GNU's OpenMP they would take {at_once['spinning as libgomp does']:.2f} times, and "
        f"with one thread each they take {at_once['one thread']:.2f} times as long.",
        f"A default run on MNIST starts its first round after {start['total']:.1f} s and needs at most "
        f"{record['memory']['results']['peak_megabytes'] / 1000:.1f} GB of memory.",
        "Mean FID over five seeds, with and without each acceleration, measured with gan_lab "
        f"{record['quality']['versions']['gan_lab']}: "
        + "; ".join(
            f"{name} {of['mean']['accelerated']:.1f} and {of['mean']['plain']:.1f}, "
            f"{abs(of['difference_in_standard_errors']):.1f} standard errors apart"
            for name, of in record["quality"]["results"].items()
        )
        + ".",
    ]
    return "\n".join(f"- {part}" for part in parts)


def speed_of_measuring(found: Record) -> str:
    """Returns in words how much longer other libraries take to measure, from benchmark_measuring.json."""
    times = {way: value["times_ours"][0] for way, value in found["fid_2048"]["from_features"].items()}
    again = times["gan_lab, known reference"]
    four = {way: value["times_ours"][0] for way, value in found["neighbours_384"]["seconds"].items()}
    largest = found["growth_384"][-1]
    statistics = found["fid_2048"]["from_statistics"]["torchmetrics"]["times_ours"][0]
    return (
        f"How many times longer other libraries take than gan_lab. For FID of {found['n']:,} generated and "
        f"{found['n']:,} real images\nwith 2048 features and cached reference statistics: torchmetrics "
        f"{times['torchmetrics, batches of 64'] / again:.1f} (batches of 64) and "
        f"{times['torchmetrics, batches of 2000'] / again:.1f} (batches of 2000),\ntorch-fidelity "
        f"{times['torch_fidelity'] / again:.1f}. Without cached statistics: "
        f"{times['torchmetrics, batches of 64']:.1f}, {times['torchmetrics, batches of 2000']:.1f} and "
        f"{times['torch_fidelity']:.1f}; torchmetrics with the statistics of both sides given: {statistics:.1f}.\n"
        f"For precision, recall, density and coverage with 384 features: `prdc` {four['prdc']:.1f}; torch-fidelity, "
        f"for precision and recall alone, {four['torch_fidelity, precision and recall']:.1f}.\n"
        f"For {largest['n']:,} generated and {largest['n']:,} real images, gan_lab takes {largest['seconds']:.0f} s "
        "and "
        f"{largest['peak_mb'] / 1000:.1f} GB on two cores."
    )
