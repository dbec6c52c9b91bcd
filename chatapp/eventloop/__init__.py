"""Everything that knows eventlet: its event loop, its greenlets, and the threads beside it."""
