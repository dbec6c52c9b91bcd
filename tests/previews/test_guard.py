"""The guard's table of attempts: what a user may write to have this server ask another one than a public one."""

import socket
from collections.abc import Sequence

import pytest

from chatapp.previews import guard
from chatapp.previews.guard import Refused, connect, is_public, public_addresses, target_of

PUBLIC = "93.184.215.14"
PUBLIC_6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


def resolve_publicly(_host: str, _port: int) -> Sequence[str]:
    """The most favourable DNS: every name has a public address."""
    return [PUBLIC]


REFUSED_URLS = [
    # Schemes.
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "data:text/html,hello",
    "//example.com/",
    "example.com",
    "http:example.com",
    "http:/example.com",
    "",
    # Credentials, with which a reader sees another host than the one that is asked.
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://example.com@127.0.0.1/",
    "http://@example.com/",
    "http://127.0.0.1#@example.com/",
    # Ports.
    "http://example.com:22/",
    "http://example.com:8080/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:-80/",
    "http://example.com:80:443/",
    "http://example.com:port/",
    # What readers of URLs understand in different ways.
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\example.com/",
    "http://exa\tmple.com/",
    "http://exa\nmple.com/",
    "http://example.com /",
    "http://example.com\x00.evil.example/",
    "http://exam\u200bple.com/",
    "http://\u202emoc.elpmaxe/",
    "http://example.com/\r\nHost: internal",
    "http://",
    "http:///path",
    "http://?query",
    "http://" + "a" * 2_100 + ".com/",
    # This machine, in all forms of version 4 that resolvers read.
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0X7F.0.0.1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.01/",
    "http://127.000.000.001/",
    "http://0/",
    "http://0.0.0.0/",
    "http://127.0.0.1./",
    "http://127.0.0.0x1/",
    "http://foo.127.0.0.0x1/",
    "http://1.1.1.1.1/",
    "http://256.256.256.256/",
    "http://127.0.0.1%2f@example.com/",
    "http://127.0.0%2e1/",
    # Digits and dots of other scripts.
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://127\u30020\uff0e0\uff611/",
    "http://\u0661\u0662\u0667.\u0660.\u0660.\u0661/",
    # Names of this machine and its neighbours.
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/",
    "http://loc\u00adalhost/",
    "http://app.localhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://router.lan/",
    "http://router.home.arpa/",
    "http://wiki.corp/",
    "http://hidden.onion/",
    "http://intranet/",
    "http://com/",
    "http://example.com./",
    "http://.example.com/",
    "http://example..com/",
    "http://-example.com/",
    "http://example-.com/",
    "http://exa_mple!.com/",
    "http://" + "a" * 64 + ".com/",
    "http://" + ".".join(["a" * 60] * 5) + ".com/",
    # Other addresses of version 4 that are not public.
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://168.63.129.16/",
    "http://169.254.169.254/latest/meta-data/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://192.168.0.1/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.255/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    # Version 6.
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:93.184.215.14]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b::a00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[100::1]/",
    "http://[2001::1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:2::1]/",
    "http://[2001:10::1]/",
    "http://[2001:20::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[2002:7f00:1::1]/",
    "http://[2002:a00:1::1]/",
    "http://[2606:2800::5efe:127.0.0.1]/",
    "http://[2606:2800::200:5efe:10.0.0.1]/",
    "http://[5f00::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    f"http://[{PUBLIC_6}%eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[::1/",
    "http://[::1]example.com/",
    "http://[127.0.0.1]/",
    "http://[example.com]/",
    "http://[v1.a]/",
    "http://::1/",
]

REFUSED_ANSWERS = [
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["169.254.169.254"],
    ["::1"],
    ["::ffff:10.0.0.1"],
    ["fe80::1%2"],
    ["fd00::1"],
    ["64:ff9b::c0a8:1"],
    ["2002:c0a8:1::"],
    [PUBLIC, "127.0.0.1"],
    ["127.0.0.1", PUBLIC],
    [PUBLIC_6, PUBLIC, "::ffff:7f00:1"],
    ["not an address"],
    ["0177.0.0.1"],
    ["127.1"],
    [PUBLIC] * 9,
]

REACHED = {
    "http://example.com": ("example.com", 80, "/"),
    "https://example.com/": ("example.com", 443, "/"),
    "HTTPS://EXAMPLE.COM/A?b=C#d": ("example.com", 443, "/A?b=C"),
    "http://example.com:80/": ("example.com", 80, "/"),
    "https://example.com:443/a": ("example.com", 443, "/a"),
    "http://example.com:/": ("example.com", 80, "/"),
    "https://b\u00fccher.example.com/\u00fc b".replace(" ", "%20"): ("xn--bcher-kva.example.com", 443, "/%C3%BC%20b"),
    "https://stra\u00dfe.de/": ("xn--strae-oqa.de", 443, "/"),
    "https://\u4f8b\u5b50\u3002com/?q=\u4f8b": ("xn--fsqu00a.com", 443, "/?q=%E4%BE%8B"),
    "https://under_score.example.com/": ("under_score.example.com", 443, "/"),
    "http://93.184.215.14/": (PUBLIC, 80, "/"),
    "http://172.32.0.1/": ("172.32.0.1", 80, "/"),
    "http://100.128.0.1/": ("100.128.0.1", 80, "/"),
    f"http://[{PUBLIC_6}]:80/": (PUBLIC_6, 80, "/"),
    "http://[64:ff9b::93.184.215.14]/": ("64:ff9b::5db8:d70e", 80, "/"),
    "https://example.com/(a)_[b]?x=%2F&y=@": ("example.com", 443, "/(a)_[b]?x=%2F&y=@"),
    "https://localhost.example.com/": ("localhost.example.com", 443, "/"),
}


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_an_attempt_is_refused_before_a_connection(url: str) -> None:
    with pytest.raises(Refused):
        public_addresses(target_of(url), resolve_publicly)


@pytest.mark.parametrize("answer", REFUSED_ANSWERS, ids=" ".join)
def test_a_name_is_refused_if_any_of_its_addresses_is_not_public(answer: list[str]) -> None:
    with pytest.raises(Refused):
        public_addresses(target_of("https://example.com/"), lambda _host, _port: answer)


@pytest.mark.parametrize(("url", "wanted"), REACHED.items())
def test_a_public_server_is_reached(url: str, wanted: tuple[str, int, str]) -> None:
    target = target_of(url)
    assert (target.host, target.port, target.path) == wanted
    assert public_addresses(target, resolve_publicly)


def test_there_are_enough_attempts() -> None:
    assert len(set(REFUSED_URLS)) >= 120


def test_a_name_without_an_address_is_not_reached() -> None:
    with pytest.raises(OSError, match="no address"):
        public_addresses(target_of("https://example.com/"), lambda _host, _port: [])


def test_a_name_is_resolved_once_and_the_checked_address_is_dialled() -> None:
    """A second answer of the DNS would be this machine."""
    answers = [[PUBLIC], ["127.0.0.1"]]
    asked: list[str] = []
    dialled: list[tuple[str, int]] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return answers.pop(0)

    def dial(address: str, port: int, _seconds: float) -> socket.socket:
        dialled.append((address, port))
        return socket.socket()

    connect(target_of("http://rebinding.example.com/"), 1, resolve=resolve, dial=dial).close()
    assert asked == ["rebinding.example.com"]
    assert dialled == [(PUBLIC, 80)]


def test_an_address_that_does_not_answer_gives_way_to_the_next() -> None:
    dialled = []

    def dial(address: str, _port: int, _seconds: float) -> socket.socket:
        dialled.append(address)
        if address == PUBLIC_6:
            raise ConnectionRefusedError
        return socket.socket()

    connect(target_of("http://example.com/"), 1, resolve=lambda _h, _p: [PUBLIC_6, PUBLIC], dial=dial).close()
    assert dialled == [PUBLIC_6, PUBLIC]


def test_the_systems_resolver_names_this_machine_and_the_guard_refuses_it() -> None:
    target = guard.Target("http", "localhost", 80, "/")
    assert set(guard.resolve_name("localhost", 80)) & {"127.0.0.1", "::1"}
    with pytest.raises(Refused):
        public_addresses(target)


@pytest.mark.parametrize("text", ["", "example.com", "127.0.0.1 ", " 93.184.215.14", "93.184.215.14/32", "::g", "1"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


def test_a_host_header_has_brackets_around_version_6_and_no_usual_port() -> None:
    assert target_of(f"http://[{PUBLIC_6}]/").host_header == f"[{PUBLIC_6}]"
    assert target_of("https://example.com:80/").host_header == "example.com:80"
