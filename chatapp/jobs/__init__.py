"""The queue of jobs: what is done in the background, now or later, by whichever process is free.

A job is a row that is added in the transaction of what causes it. `kinds.py` lists what there is to do.
"""

from chatapp.jobs.queue import NewJob, cancel, cancel_rows, enqueue, enqueue_rows, finish_rows

__all__ = ["NewJob", "cancel", "cancel_rows", "enqueue", "enqueue_rows", "finish_rows"]
