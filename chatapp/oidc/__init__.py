"""Sign-in by OpenID Connect: providers by configuration, and what they say of a person."""
