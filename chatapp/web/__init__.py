"""The web client. Imports nothing, so that `vendor` runs before anything is installed; the door is `blueprint`."""
