"""Not there, as where only requirements.txt is installed: python-socketio loads whatever client libraries there are."""

raise ImportError("requests is for the tests, not for the server")
