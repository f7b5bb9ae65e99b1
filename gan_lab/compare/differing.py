"""The things in which two runs differ: a part with all that comes with it is one thing."""

from gan_lab.compare.settings import Settings, canonical

TARGET = "._target_"
WHOLE = ("variant", "name", "seed")
"""The names of a run, which follow from its settings, and its seed."""
SEEDS = (".seed", ".means_seed")
FOLLOWS = {
    "model.critic.outputs": "model.loss",
    "model.generator.classes": "model.prior",
    "model.critic.dropout": "model.penalties.consistency",
}
"""Settings that must change with a part: the critic has as many outputs as its loss judges by, a labelled prior gives
the generator classes, and consistency is that of a critic with dropout."""
RULES = ("model.penalties.", "model.constraints.")
"""What a critic is held to: one rule in place of another is one thing."""
SAMPLER, SAMPLING = "sampling.sampler", "sampling."


def differing(one: Settings, other: Settings) -> list[str]:
    """Returns the names of the things in which two runs differ, from their resolved settings, but for the seed.

    A part of another class is one thing with the options that only one of the classes has; options that both have count
    for themselves. An option that follows another one (`alike`) and changes from and to the same values is one thing
    with it.
    """
    keys = sorted(key for key in one.keys() | other.keys() if key not in WHOLE and not key.endswith(SEEDS))
    changed = {key: (said(one, key), said(other, key)) for key in keys if said(one, key) != said(other, key)}
    parts = {key.removesuffix(TARGET) for key in changed if key.endswith(TARGET)}
    kept: list[str] = []
    for key in sorted(changed, key=lambda key: (key.count("."), len(key), key)):
        absent = "" in changed[key] and not key.endswith(TARGET)
        comes_with_part = absent and owner(key, one, other) in parts
        comes_with_sampler = absent and key.startswith(SAMPLING) and SAMPLER in changed and key != SAMPLER
        repeats = any(changed[key] == changed[earlier] and alike(key, earlier) for earlier in kept)
        if not (comes_with_part or comes_with_sampler or FOLLOWS.get(key) in parts or repeats):
            kept.append(key)
    return exchanged([key.removesuffix(TARGET) for key in kept], one)


def exchanged(kept: list[str], one: Settings) -> list[str]:
    """Returns the things with a rule for the critic that takes the place of another one as one thing, `new for old`."""
    rules = [key for key in kept if key.startswith(RULES) and key.count(".") == 2]
    mine = [key for key in rules if key + TARGET in one]
    theirs = [key for key in rules if key + TARGET not in one]
    if len(mine) != 1 or len(theirs) != 1:
        return kept
    return [f"{mine[0]} for {theirs[0]}", *(key for key in kept if key not in (mine[0], theirs[0]))]


def said(settings: Settings, key: str) -> str:
    """Returns a value as a text that is equal for equal values, empty where there is none."""
    return canonical(settings[key]) if key in settings else ""


def owner(key: str, one: Settings, other: Settings) -> str:
    """Returns the innermost part that an option belongs to, in either run."""
    part = key.rpartition(".")[0]
    while part and part + TARGET not in one and part + TARGET not in other:
        part = part.rpartition(".")[0]
    return part


def alike(one: str, other: str) -> bool:
    """Returns whether one option follows the other: `model.optimizers.critic.lr` follows `optimizer.lr`, and
    `model.generator.latent_dim` follows `model.prior.dim`. Two options of one name in the model, such as the widths of
    both networks, are set apart from each other."""
    last, other_last = one.rpartition(".")[2], other.rpartition(".")[2]
    if last == other_last:
        return one.partition(".")[0] != other.partition(".")[0]
    return last.endswith(f"_{other_last}") or other_last.endswith(f"_{last}")
