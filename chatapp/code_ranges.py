"""Finds the code in the text of a message, where nothing else of Markdown counts."""

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_TICKS = re.compile(r"`+")


def code_ranges(content: str) -> list[tuple[int, int]]:
    """The ranges of fenced code and of code spans."""
    if "`" not in content and "~~~" not in content:
        return []
    ranges: list[tuple[int, int]] = []
    fence, begun, at, text_from = "", 0, 0, 0
    for line in content.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            rest = line.strip()
            if mark and mark[1].startswith(fence) and not rest.strip(fence[0]):
                ranges.append((begun, at + len(line)))
                fence, text_from = "", at + len(line)
        elif mark and not (mark[1][0] == "`" and "`" in line[mark.end() :]):
            ranges += _spans_of(content, text_from, at)
            fence, begun = mark[1], at
        at += len(line)
    return [*ranges, (begun, at)] if fence else [*ranges, *_spans_of(content, text_from, at)]


def _spans_of(content: str, start: int, end: int) -> list[tuple[int, int]]:
    """Code spans: from a run of backticks to the next one of the same length."""
    runs = list(_TICKS.finditer(content, start, end))
    next_of: list[int | None] = [None] * len(runs)
    latest: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        length = len(runs[number][0])
        next_of[number] = latest.get(length)
        latest[length] = number
    spans, number = [], 0
    while number < len(runs):
        closing = next_of[number]
        if closing is None:
            number += 1
            continue
        spans.append((runs[number].start(), runs[closing].end()))
        number = closing + 1
    return spans
