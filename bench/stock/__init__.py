"""The same chat on stock Flask-SocketIO: what the guides and the documentation show, nothing tuned."""
