"""Search: the analyser, the language of queries, and the index on both databases."""
