"""The standard library's modules without monkey-patching. Their calls block the whole thread.

Imports eventlet, so only a process in eventlet mode may import this module.
"""

from typing import Any

from eventlet import patcher

os: Any = patcher.original("os")
select: Any = patcher.original("select")
socket: Any = patcher.original("socket")
threading: Any = patcher.original("threading")
