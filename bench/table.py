"""Formats the results as one table: medians, their spread, and ratios to the peer."""

from .plan import Plan
from .results import Results, Row
from .servers import UNINDEXED

METRICS = {
    "cpu-delivery": ("CPU a delivery", "us"),
    "cpu-message": ("CPU a message", "us"),
    "deliveries": ("deliveries a second", ""),
    "latency-p50": ("ack latency p50", "ms"),
    "latency-p99": ("ack latency p99", "ms"),
    "memory": ("memory an idle connection", "KiB"),
    "cpu-connection": ("CPU a connection, storm", "us"),
    "cpu-page": ("CPU a history page", "us"),
    "cpu-single": ("CPU of one, 200 members", "ms"),
    "cpu-burst": ("CPU of a burst of 1,000", "ms"),
    "files-p50-idle": ("ack p50 without transfers", "ms"),
    "files-p50": ("ack p50 beside transfers", "ms"),
    "files-p99-idle": ("ack p99 without transfers", "ms"),
    "files-p99": ("ack p99 beside transfers", "ms"),
    "files-ratio": ("ack p99 beside to without", ""),
    "files-before": ("memory before transfers", "MB"),
    "files-most": ("memory during transfers", "MB"),
    "files-after": ("memory after transfers", "MB"),
    "files-up": ("upload", "MB/s"),
    "files-down": ("ten downloads together", "MB/s"),
}
COLUMNS = (
    ("stock", "stock Flask-SocketIO"),
    ("peer", "peer (Node)"),
    ("chatapp", "chatapp"),
    (UNINDEXED, "no index"),
    ("limit", "limit (C)"),
)
RATIOS = {
    "stock / peer": ("stock", "peer"),
    "chatapp / peer": ("chatapp", "peer"),
    "chatapp / no index": ("chatapp", UNINDEXED),
}
NAMED = ("cpu-single", "cpu-burst", *(metric for metric in METRICS if metric.startswith("files-")))
"""The metrics whose works, such as reactions, votes and uploads, are no conversations and have no title."""
NOTHING = "-"


def table(results: Results, plan: Plan) -> str:
    """Rows are workloads, columns are servers. `12.3 ±4%` is the median and half the range of its samples."""
    titles = {work.name: work.title for work in plan.works}
    lines = [["", "work", "bytes", *(title for _, title in COLUMNS), *RATIOS]]
    for metric in METRICS:
        rows = [row for row in results.samples if row.metric == metric]
        rows.sort(key=lambda row: (list(titles).index(row.work) if row.work in titles else 0, row.content))
        lines += [line(results, row, titles) for row in rows]
    return aligned(lines)


def line(results: Results, row: Row, titles: dict[str, str]) -> list[str]:
    title, unit = METRICS[row.metric]
    return [
        f"{title} ({unit})" if unit else title,
        titles.get(row.work, row.work if row.metric in NAMED else ""),
        f"{row.content:,}" if row.content else "",
        *(cell(results, row, name) for name, _ in COLUMNS),
        *(ratio(results, row, one, to) for one, to in RATIOS.values()),
    ]


def cell(results: Results, row: Row, server: str) -> str:
    middle = results.median(row, server)
    if middle is None:
        return NOTHING
    samples = results.samples[row][server]
    spread = (max(samples) - min(samples)) / 2 / middle if middle else 0
    return f"{number(middle)} ±{spread:.0%}" if len(samples) > 1 else number(middle)


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratio(results: Results, row: Row, server: str, to: str) -> str:
    found = results.ratio(row, server, to)
    return NOTHING if found is None else f"{found:.2f}"


def aligned(lines: list[list[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cells(line, widths)).rstrip() for line in lines)


def cells(line: list[str], widths: list[int]) -> list[str]:
    words = [text.ljust(width) for text, width in zip(line[:2], widths[:2], strict=True)]
    return words + [text.rjust(width) for text, width in zip(line[2:], widths[2:], strict=True)]
