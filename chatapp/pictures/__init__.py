"""Pictures of people: decoded and encoded anew by a process of its own."""
