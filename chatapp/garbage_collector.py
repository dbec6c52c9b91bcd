"""When Python looks for reference cycles."""

import gc


def tune_garbage_collector() -> None:
    """For a process that has started: fewer collections. A message or a page of a list makes many objects and no cycle,
    and what a server keeps lives long. With Python's own thresholds a list of 10,000 conversations takes twice as long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
