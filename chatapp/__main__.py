"""`python -m chatapp` is the command `chatapp`."""

from chatapp.cli import main

main(prog_name="chatapp")
