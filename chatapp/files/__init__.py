"""Where the bytes of uploaded files are, and what looks at them before anybody gets them."""
