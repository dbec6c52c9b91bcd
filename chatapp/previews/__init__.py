"""Previews of links: what a page says of itself, fetched by a process of its own and kept by address."""
