"""Alternating measurements of two servers, and the ratios of what they gave.

Figures of one machine drift (caches, other work, frequency), so the two are measured turn by turn, each turn the
other one first, and what is reported is the median of the ratios within the turns, not the ratio of two medians.
"""

import statistics
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

KINDS = ("dagster", "rondel")


@dataclass
class Row:
    """One figure of both servers, a value for each turn."""

    group: str
    metric: str
    unit: str
    dagster: list[float] = field(default_factory=list)
    rondel: list[float] = field(default_factory=list)
    higher_is_better: bool = False
    charted: bool = True

    @property
    def ratio(self) -> float | None:
        """How many times better Rondel is: the median of the turns. None if one was not measured, or is nothing."""
        pairs = zip(self.dagster, self.rondel, strict=False)
        if self.higher_is_better:
            pairs = ((rondel, dagster) for dagster, rondel in pairs)
        ratios = [worse / better for worse, better in pairs if better > 0]
        return statistics.median(ratios) if ratios else None

    def median(self, kind: str) -> float | None:
        values = getattr(self, kind)
        return statistics.median(values) if values else None

    def as_json(self) -> dict:
        return {**asdict(self), "ratio": self.ratio}


@dataclass(frozen=True)
class Metric:
    """How a figure that a measurement returns under `key` is reported."""

    key: str
    label: str
    unit: str
    scale: float = 1
    higher_is_better: bool = False
    charted: bool = True


def alternate(pairs: int, kinds: Iterable[str], measure: Callable[[str], dict[str, float]], what: str) -> dict[str, list[dict]]:
    """Measures each kind `pairs` times, turn by turn."""
    found: dict[str, list[dict]] = {kind: [] for kind in kinds}
    for turn in range(pairs):
        for kind in list(found) if turn % 2 == 0 else reversed(list(found)):
            figures = measure(kind)
            found[kind].append(figures)
            said = ", ".join(f"{key} {value:.4g}" for key, value in figures.items())
            print(f"{what}, turn {turn + 1} of {pairs}, {kind}: {said}", file=sys.stderr, flush=True)
    return found


def rows(group: str, found: dict[str, list[dict]], metrics: Iterable[Metric]) -> list[Row]:
    """The figures of one measurement, metric by metric; one that no turn gave is left out."""
    made = []
    for metric in metrics:
        values = {
            kind: [figures[metric.key] * metric.scale for figures in found.get(kind, []) if metric.key in figures]
            for kind in KINDS
        }
        if any(values.values()):
            made.append(
                Row(group, metric.label, metric.unit, higher_is_better=metric.higher_is_better, charted=metric.charted, **values)
            )
    return made
