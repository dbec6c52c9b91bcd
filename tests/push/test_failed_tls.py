"""A connection whose TLS fails is closed, also where eventlet has patched TLS."""

import json
import subprocess
import sys

from tests.servers import ROOT


def test_a_connection_whose_tls_fails_is_closed() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.push.failed_tls_in_eventlet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"push": True, "preview": True}
