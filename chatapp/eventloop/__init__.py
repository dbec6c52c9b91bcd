"""All code that depends on eventlet: its event loop, greenlets and WSGI server, and native threads."""
