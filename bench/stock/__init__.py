"""The same chat on stock Flask-SocketIO, written as guides and documentation show it, without tuning."""
