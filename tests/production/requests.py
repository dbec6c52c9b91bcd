"""Hides the package, as if only requirements.txt were installed: python-socketio imports every library it finds."""

raise ImportError("requests is for the tests, not for the server")
