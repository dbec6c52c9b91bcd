"""The upper bounds that `--check` enforces on the ratio of chatapp's medians to the peer's."""

from .results import Results, Row

CONTENT = 100
FLOORS = {
    Row("cpu-delivery", "group10", CONTENT): 0.9,
    Row("cpu-delivery", "group200", CONTENT): 0.7,
    Row("cpu-delivery", "group1000", CONTENT): 0.7,
    Row("cpu-message", "private", CONTENT): 1.1,
    **{
        Row(f"latency-{part}", work): 1.0
        for part in ("p50", "p99")
        for work in ("group10", "group200", "group1000", "private")
    },
    Row("memory", "idle"): 1.0,
    Row("cpu-connection", "storm"): 0.25,
    Row("cpu-page", "history"): 1.0,
}
MOST_KIB_A_CONNECTION = 20.0
MOST_BESIDE_TRANSFERS = 1.5
"""The p99 of acks beside large transfers, as a multiple of that without."""


def missed(results: Results) -> list[str]:
    """Returns a sentence for each floor that was not reached or could not be measured."""
    sentences = []
    for row, most in FLOORS.items():
        ratio = results.ratio(row, "chatapp", "peer")
        if ratio is None and results.median(row, "peer") is not None:
            sentences.append(f"{row.metric} {row.work}: chatapp could not be measured")
        elif ratio is not None and ratio > most:
            sentences.append(f"{row.metric} {row.work}: {ratio:.2f} of the peer's, allowed {most}")
    memory = results.median(Row("memory", "idle"), "chatapp")
    if memory is not None and memory >= MOST_KIB_A_CONNECTION:
        sentences.append(f"memory idle: {memory:.1f} KiB a connection, allowed {MOST_KIB_A_CONNECTION:.0f}")
    for row in [row for row in results.samples if row.metric == "files-ratio"]:
        ratio = results.median(row, "chatapp")
        if ratio is not None and ratio > MOST_BESIDE_TRANSFERS:
            sentences.append(f"{row.metric} {row.work}: {ratio:.2f}, allowed {MOST_BESIDE_TRANSFERS}")
    return sentences
