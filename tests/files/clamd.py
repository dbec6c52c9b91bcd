"""ClamAV's daemon as a process of its own, with one signature: that of the EICAR test file."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.people import wait_until
from tests.servers import free_port
from tests.web.browser import BrowserMissing, find

# Joined here, so that no scanner of the machine takes this file for the test.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Test.Eicar.UNOFFICIAL"
LARGEST_BYTES = 2_000_000
CONFIGURATION = """
Foreground yes
DatabaseDirectory {folder}/signatures
LocalSocket {folder}/socket
TCPSocket {port}
TCPAddr 127.0.0.1
TemporaryDirectory {folder}
StreamMaxLength {largest}
MaxThreads 4
FollowFileSymlinks no
"""


@contextmanager
def clamd(folder: Path) -> Iterator[tuple[str, str]]:
    """The daemon; yields its two addresses: the path of its socket, and host and port."""
    try:
        program = find(("clamd",), "clamav-daemon")
    except BrowserMissing as error:
        pytest.skip(str(error))
    signatures = folder / "signatures"
    signatures.mkdir()
    # Target 0 is any file, and the signature begins where the file does.
    (signatures / "test.ndb").write_text(f"{NAME.removesuffix('.UNOFFICIAL')}:0:0:{EICAR.hex()}\n")
    port = free_port()
    configuration = folder / "clamd.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, largest=LARGEST_BYTES))
    process = subprocess.Popen(
        [program, "--config-file", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: (folder / "socket").exists() and _listens(port), "clamd listens")
        yield str(folder / "socket"), f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
