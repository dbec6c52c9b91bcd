"""Web push: notifications that reach a browser by its push service while no page is open (RFC 8030, 8291, 8292)."""
