"""Everything that knows eventlet: its event loop, its greenlets, its WSGI server, and the native threads beside it."""
