"""A comparison as a table (text and Markdown), as a chart and as JSON."""

import json
import os
import platform
import time
from pathlib import Path

from support import chart
from support.pairs import Row


def number(value: float | None) -> str:
    if value is None:
        return "-"
    digits = 0 if value >= 1000 else 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"


def cells(row: Row) -> tuple[str, str, str, str]:
    ratio = "-" if row.ratio is None else f"{row.ratio:.1f}×"
    return f"{row.metric}, {row.unit}", number(row.median("dagster")), number(row.median("rondel")), ratio


def text(rows: list[Row]) -> str:
    lines, group = [f"{'':46} {'dagster':>12} {'rondel':>12} {'ratio':>10}"], None
    for row in rows:
        if row.group != group:
            group = row.group
            lines.append(group)
        label, dagster, rondel, ratio = cells(row)
        lines.append(f"    {label:42} {dagster:>12} {rondel:>12} {ratio:>10}")
    return "\n".join(lines)


def facts(options) -> dict[str, str]:
    """The circumstances, without which figures say little."""
    import dagster

    cpus = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    left_out = ("measure", "out", "rondel", "postgres", "keep", "cluster", "kubeconfig", "workload")
    return {
        "measured": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "machine": f"{os.cpu_count()} × {cpus[0] if cpus else platform.machine()}",
        "load before": " ".join(f"{one:.2f}" for one in os.getloadavg()),
        "dagster": dagster.__version__,
        "options": ", ".join(f"{name}={value}" for name, value in vars(options).items() if name not in left_out and value is not None),
    }


def markdown(title: str, rows: list[Row], about: dict[str, str], image: str) -> str:
    lines = [f"# {title}", "", f"![Ratios]({image})", ""]
    lines += [f"- {name}: {value}" for name, value in about.items()]
    lines += ["", "Values are medians of the turns; ratios are medians of the ratios within a turn.", ""]
    lines += ["| | | dagster | rondel | ratio |", "|---|---|---:|---:|---:|"]
    group = None
    for row in rows:
        label, dagster, rondel, ratio = cells(row)
        lines.append(f"| {row.group if row.group != group else ''} | {label} | {dagster} | {rondel} | {ratio} |")
        group = row.group
    return "\n".join(lines) + "\n"


def write(folder: Path, name: str, title: str, rows: list[Row], about: dict[str, str]) -> None:
    """FOLDER/NAME.json, .md and .svg."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {"title": title, "about": about, "rows": [row.as_json() for row in rows]}
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
    (folder / f"{name}.svg").write_text(chart.svg(title, rows))
    (folder / f"{name}.md").write_text(markdown(title, rows, about, f"{name}.svg"))
