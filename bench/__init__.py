"""The benchmark: chatapp beside the system that one would pick instead. Run by `make bench`."""
