"""How processes that share a database learn of each other's commits.

A bus carries hints. One that is lost costs time and nothing else: whoever hosts connections reads the database from
where it stood, and does so by itself whenever the bus was interrupted.
"""

from chatapp.bus.choice import Bus, make_bus

__all__ = ["Bus", "make_bus"]
