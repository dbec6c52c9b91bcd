"""The bus notifies processes that share a database of each other's commits.

It carries notices, which are hints. A lost notice only causes a delay: a process with connections catches up from the
database, and does so by itself after an interruption of the bus.
"""

from chatapp.bus.choice import Bus, make_bus

__all__ = ["Bus", "make_bus"]
