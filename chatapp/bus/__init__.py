"""The bus tells processes that share a database of each other's commits.

It carries notices, which are hints. A lost notice causes a delay and nothing worse: a process with connections catches
up from the database, and does so by itself after the bus was interrupted.
"""

from chatapp.bus.choice import Bus, make_bus

__all__ = ["Bus", "make_bus"]
