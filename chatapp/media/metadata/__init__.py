"""Finds what a file says of its place, its camera and its author, without decoding it. One module a container."""
