"""The table that every campaign prints."""

from collections import Counter, defaultdict
from collections.abc import Iterable

COLUMNS = ("tried", "same", "told", "valid", "lost", "doubled", "different", "tracebacks", "hangs", "untold")
"""`same`: the result is that of the unbroken run.  `told`: the program said in one sentence what is wrong.  `valid`: a
file of the user's became another valid one.  `untold`: the program ended in another way than it should, said nothing of
the file, or left half a file."""
FAULTS = COLUMNS[4:]


class Tally:
    """Counts what became of each try, by kind, and prints the tries that went wrong.

    Args:
        title: Name of the campaign.
        show: Whether to print each try.
    """

    def __init__(self, title: str, show: bool = False) -> None:
        self.title = title
        self.show = show
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, kind: str, outcomes: Iterable[str], what: str, evidence: str = "") -> None:
        """Count one try.

        Args:
            kind: Row of the table.
            outcomes: Columns of the table beside `tried`.
            what: What was tried.
            evidence: What the program said.
        """
        outcomes = sorted(set(outcomes))
        self.counts[kind].update(["tried", *outcomes])
        if self.show or not FAULTS_SET.isdisjoint(outcomes):
            print(f"[{', '.join(outcomes)}] {kind}: {what}\n    {evidence[-2500:]}", flush=True)

    @property
    def faults(self) -> int:
        """Number of faults of any kind."""
        return sum(counts[name] for counts in self.counts.values() for name in FAULTS)

    def __str__(self) -> str:
        rows = [*sorted(self.counts.items()), ("all", sum(self.counts.values(), Counter()))]
        width = max(len(kind) for kind, _ in rows)
        head = f"{self.title:<{width}} " + " ".join(f"{name:>10}" for name in COLUMNS)
        return "\n".join([head, *(f"{kind:<{width}} {_numbers(counts)}" for kind, counts in rows)])


FAULTS_SET = frozenset(FAULTS)


def _numbers(counts: Counter[str]) -> str:
    return " ".join(f"{counts[name]:>10}" for name in COLUMNS)
