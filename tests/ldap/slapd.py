"""A real OpenLDAP server with a few people and groups, as a process of its own."""

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ldap3 import MODIFY_ADD, Connection, Server, Tls

from tests.people import wait_until
from tests.servers import free_ports
from tests.web.browser import BrowserMissing, find

BASE = "dc=example,dc=org"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"
READER, READER_PASSWORD = f"cn=reader,{BASE}", "the reader's password"
ROOT, ROOT_PASSWORD = f"cn=root,{BASE}", "the root's password"
PASSWORD = "what the directory knows"

CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/pid
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
# A password is only taken by TLS.
security simple_bind=64
database mdb
suffix "{base}"
rootdn "{root}"
rootpw "{root_password}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn="{reader}" read by anonymous auth by * none
overlay memberof
"""


class Slapd:
    """`url` is the plain one, which takes StartTLS; `ldaps` the one with TLS from the beginning."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        plain, encrypted = free_ports(2)
        self.url, self.ldaps = f"ldap://localhost:{plain}", f"ldaps://localhost:{encrypted}"
        self._ports = plain, encrypted
        self.ca_file = folder / "certificate.pem"
        _make_certificate(self.ca_file, folder / "key.pem")
        self._load()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        plain, encrypted = self._ports
        addresses = f"ldap://127.0.0.1:{plain}/ ldaps://127.0.0.1:{encrypted}/"
        command = [_program("slapd"), "-f", str(self._configuration), "-h", addresses, "-d", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: self._answers(plain) and self._answers(encrypted), "slapd listens")

    def stop(self) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(timeout=10)

    def change(self, dn: str, **changes: Any) -> None:
        """`change(dn, mail=[(MODIFY_REPLACE, [...])])` as ldap3 says it."""
        with self._as_root() as connection:
            assert connection.modify(dn, changes), connection.result

    def join(self, name: str, group: str) -> None:
        """Puts somebody into a group."""
        self.change(group, member=[(MODIFY_ADD, [f"uid={name},{PEOPLE}"])])

    def rename(self, dn: str, to: str) -> None:
        with self._as_root() as connection:
            assert connection.modify_dn(dn, to), connection.result

    def add(self, name: str, dn: str = "", **attributes: Any) -> str:
        """Adds a person who has the password, and returns the DN."""
        dn = dn or f"uid={name},{PEOPLE}"
        values = {"uid": name, "cn": name, "sn": name, "userPassword": PASSWORD, **attributes}
        with self._as_root() as connection:
            assert connection.add(dn, "inetOrgPerson", values), connection.result
        return dn

    def remove(self, dn: str) -> None:
        with self._as_root() as connection:
            assert connection.delete(dn), connection.result

    def settings(self, **changes: Any) -> str:
        """A file for CHATAPP_LDAP; None leaves a key out."""
        keys = {
            "url": self.url,
            "label": "Example Ltd",
            "ca_file": str(self.ca_file),
            "bind_dn": READER,
            "bind_password": READER_PASSWORD,
            "base_dn": BASE,
            "user_filter": "(&(objectClass=inetOrgPerson)(uid={username}))",
            "timeout_seconds": 2,
            **changes,
        }
        return "".join(f"{key} = {_toml(value)}\n" for key, value in keys.items() if value is not None)

    @contextmanager
    def _as_root(self) -> Iterator[Connection]:
        server = Server("localhost", self._ports[1], use_ssl=True, tls=Tls(validate=ssl.CERT_NONE))
        connection = Connection(server, ROOT, ROOT_PASSWORD, auto_bind=True)
        yield connection
        connection.unbind()

    @staticmethod
    def _answers(port: int) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", port)) == 0

    def _load(self) -> None:
        (self.folder / "data").mkdir()
        names = {"reader": READER, "root": ROOT, "root_password": ROOT_PASSWORD, "base": BASE}
        self._configuration.write_text(CONFIGURATION.format(folder=self.folder, **names))
        (self.folder / "entries.ldif").write_text(_entries())
        command = [_program("slapadd"), "-f", str(self._configuration), "-l", str(self.folder / "entries.ldif")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    @property
    def _configuration(self) -> Path:
        return self.folder / "slapd.conf"


def _program(name: str) -> str:
    """Its path, of the Debian package `slapd`, which is installed where that can be done."""
    try:
        return find((name, f"/usr/sbin/{name}"), "slapd")
    except BrowserMissing as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def _entries() -> str:
    def entry(dn: str, kind: str, **values: str) -> str:
        return "\n".join([f"dn: {dn}", f"objectClass: {kind}", *(f"{key}: {value}" for key, value in values.items())])

    def person(name: str, first: str, last: str) -> str:
        names = {"uid": name, "cn": f"{first} {last}", "givenName": first, "sn": last, "mail": f"{name}@example.org"}
        return entry(f"uid={name},{PEOPLE}", "inetOrgPerson", **names, userPassword=PASSWORD)

    return "\n\n".join(
        [
            entry(BASE, "domain", dc="example"),
            entry(PEOPLE, "organizationalUnit", ou="people"),
            entry(GROUPS, "organizationalUnit", ou="groups"),
            entry(READER, "person", cn="reader", sn="reader", userPassword=READER_PASSWORD),
            person("erin", "Erin", "Ebert"),
            person("finn", "Finn", "Falk"),
            person("gina", "Gina", "Gold"),
            *(
                entry(f"cn={name},{GROUPS}", "groupOfNames", cn=name, member=READER)
                for name in ("chat", "admins", "moderators")
            ),
            "",
        ]
    )


def _make_certificate(certificate: Path, key: Path) -> None:
    made = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    built = (
        x509.CertificateBuilder(name, name, made.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(made, hashes.SHA256())
    )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    key.write_bytes(made.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {_toml(one)}' for key, one in value.items()) + " }"
    return str(value).lower() if isinstance(value, bool | int) else f'"{value}"'
