"""Looks for what is wrong in a database and its storage, and says what mends it. Changes nothing."""
