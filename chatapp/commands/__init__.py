"""The groups of commands under `chatapp`, a module each. Heavy imports wait for a command."""
