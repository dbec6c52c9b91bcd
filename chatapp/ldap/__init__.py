"""Sign-in by a directory (LDAP): where it is, whom it knows, and what it says of them."""
