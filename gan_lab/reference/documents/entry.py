"""One statement of a source document, with what our records say of it."""

from typing import NamedTuple

from gan_lab.reference.answer_table import Answer, Table

NOT_YET, AGREES, DISAGREES, UNDECIDED, MEASURED = (
    *("not measured yet", "agrees", "disagrees", "undecided"),
    "measured",
)


class Entry(NamedTuple):
    """A statement, the answer from the records, and a note.

    `said` is the document's statement in its words or in short, and `note` says what is right, where it is implemented,
    and what we chose. `lower` are the pairs of rows of which the statement says that the first has the lower FID;
    `alike` those that it says to be alike.
    """

    said: str
    note: str = ""
    answer: Answer | None = None
    lower: tuple[tuple[str, str], ...] = ()
    alike: tuple[tuple[str, str], ...] = ()

    @property
    def compares(self) -> bool:
        """Whether the statement compares rows."""
        return bool(self.lower or self.alike)

    @property
    def answerable(self) -> bool:
        """Whether rows can say anything of the statement."""
        return self.answer is not None or self.compares

    def verdict(self, t: Table) -> str:
        """Returns whether our rows agree with the statement. Raises MissingRowError where a row has no record.

        They agree where every pair does. A difference that no test finds is neither: "alike" is then undecided.
        """
        if not self.compares:
            return MEASURED
        found = [t.lower(*pair) for pair in self.lower]
        found += [None if t.lower(*pair) is None else False for pair in self.alike]
        if False in found:
            return DISAGREES
        return AGREES if all(found) else UNDECIDED

    def values(self, t: Table) -> str:
        """Returns the mean FIDs of the compared rows in words, empty where nothing is compared."""
        pairs = (*self.lower, *self.alike)
        return "; ".join(f"`{one}` {t.mean(one):.1f}, `{other}` {t.mean(other):.1f}" for one, other in pairs)


class Document(NamedTuple):
    """A source document: its number, its title, its statements in its own order, and what it leaves open."""

    number: str
    title: str
    entries: tuple[Entry, ...]
    open: tuple[str, ...]
