"""The benchmark: compares chatapp with the system that one would choose instead. Run by `make bench`."""
