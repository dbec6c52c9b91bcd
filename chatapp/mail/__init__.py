"""E-mail: its settings, what is written, and how it is sent in the background."""
