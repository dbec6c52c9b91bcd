"""Caddy with TLS in front of a server, by the configuration of the documentation."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificates import self_signed_certificate
from tests.servers import Server
from tests.web.browser import find
from tests.web.proxy import HOST, OTHER_SERVICE, Proxy, documented, upstreams

OPTIONS = """{{
	admin off
	default_bind 127.0.0.1
	http_port {http_port}
	https_port {https_port}
	skip_install_trust
}}
"""
SITE = """{host} {{
	handle {{
		respond "{other}"
	}}
	{included}
}}
"""


class Caddy(Proxy):
    """The documented set-up, at other ports and with a certificate that is there. With a `path`, Caddyfile.path is in
    the block of a host name that has another service."""

    def __init__(self, folder: Path, server: Server, certificate: Path, path: str = "") -> None:
        super().__init__(folder, path)
        here = f"{HOST} {{\n\ttls {certificate} {certificate}"
        if path:
            included = documented("Caddyfile.path", {"/chat": path, **upstreams(server)})
            text = SITE.format(host="chat.example.org", other=OTHER_SERVICE, included=included)
        else:
            text = documented("Caddyfile", upstreams(server))
        assert "chat.example.org {" in text
        text = text.replace("chat.example.org {", here)
        options = OPTIONS.format(http_port=self.http_port, https_port=self.https_port)
        (folder / "Caddyfile").write_text(options + text)

    def start(self) -> "Caddy":
        program = find(("caddy",), "caddy")
        # Caddy keeps its state in the home folder.
        environment = {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
        command = [program, "run", "--adapter", "caddyfile", "--config", str(self.folder / "Caddyfile")]
        self.start_program(command, environment)
        return self


@contextmanager
def running_caddy(folder: Path, server: Server, path: str = "") -> Iterator[Caddy]:
    """Caddy in front of this server, with a certificate of its own."""
    started = Caddy(folder, server, self_signed_certificate(folder, HOST), path).start()
    try:
        yield started
    finally:
        started.stop()
