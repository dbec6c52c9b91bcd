"""No message can run a script or break the layout, and the Content-Security-Policy blocks injected scripts."""

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.people import Person, composer, texts, wait_connected, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

PAYLOADS = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg/onload=window.hacked=1>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<body onload=window.hacked=1>",
    '<a href="javascript:window.hacked=1">click</a>',
    "javascript:window.hacked=1",
    "JaVaScRiPt://example.org/%0awindow.hacked=1",
    "data:text/html,<script>parent.hacked=1</script>",
    'https://example.org/"onmouseover="window.hacked=1',
    "https://example.org/'><img src=x onerror=window.hacked=1>",
    "`<img src=x onerror=window.hacked=1>`",
    "```\n<script>window.hacked = 1</script>\n```",
    "</div></article></main><script>window.hacked=1</script>",
    "<style>*{display:none!important}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<math><mtext><img src=x onerror=window.hacked=1></mtext></math>",
    "<form action=javascript:window.hacked=1><button>x</button></form>",
    "${window.hacked=1}{{constructor.constructor('window.hacked=1')()}}",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "<img src=x onerror=\u202ewindow.hacked=1\u202c>",
    "\u202e\u202e\u202eright to left\u202c",
    "Z" + "\u0351\u0358\u0489" * 200 + "algo",
    "[click](javascript:window.hacked=1)",
    "<a href='https://example.org' style='position:fixed;inset:0'>everything</a>",
    "<template shadowrootmode=open><script>window.hacked=1</script></template>",
    "\u2028\u2029<object data=javascript:window.hacked=1>",
    '{"type":"div","props":{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=window.hacked=1>"}}}',
]


@pytest.mark.slow
def test_messages_that_look_like_markup_are_shown_as_text(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, *PAYLOADS)
    page = alice.open(f"#/u/{bob.username}")
    expect(page.locator(".row-message").last).to_be_visible()
    seen: set[str] = set()
    for _ in range(30):
        seen.update(texts(page))
        assert page.evaluate("window.hacked") is None
        page.locator(".scroller").evaluate("element => element.scrollBy(0, -400)")
        page.wait_for_function(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        )
    shown = {payload.strip().strip("`").strip("\n") for payload in PAYLOADS}
    shown -= {"&lt;script&gt;window.hacked=1&lt;/script&gt;"}
    shown |= {"<script>window.hacked=1</script>"}
    assert {text.strip("`") for text in seen} >= {payload for payload in shown if "\u2028" not in payload}
    allowed = page.locator(".text *").evaluate_all(
        "found => [...new Set(found.map(element => element.tagName))].sort()"
    )
    assert set(allowed) <= {"A", "CODE", "DIV", "PRE", "SPAN", "TIME", "svg", "path", "BUTTON"}
    links = page.locator(".text a").evaluate_all("found => found.map(element => element.protocol)")
    assert set(links) <= {"https:", "http:"}
    box: Any = page.locator(".pane").bounding_box()
    assert box["width"] > 800
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_names_that_look_like_markup_are_shown_as_text(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    person, founder = new_person(), new_api_user()
    name = "<img src=x onerror=window.hacked=1>\u202e"
    group = founder.make_group(name, person.username)
    founder.say(group, "hello", group=True)
    page = person.open(f"#/g/{group}")
    expect(page.get_by_role("heading", name="<img src=x")).to_be_visible()
    expect(page.locator(".line").first).to_contain_text("<img src=x onerror")
    assert page.evaluate("window.hacked") is None


@pytest.mark.slow
def test_a_draft_that_looks_like_markup_is_shown_as_text(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open("#/u/alice")
    composer(page).fill(PAYLOADS[1])
    page.locator(".line").nth(3).click()
    expect(page.locator(".line-preview").filter(has_text="onerror")).to_be_visible()
    page.reload()
    wait_connected(page)
    assert page.evaluate("window.hacked") is None


@pytest.mark.slow
@pytest.mark.parametrize("attack", ["inline", "eval", "elsewhere", "markup"])
def test_the_content_security_policy_blocks_an_injected_script(new_person: NewPerson, attack: str) -> None:
    person = new_person()
    page = person.open()
    attempts = {
        "inline": "() => { const s = document.createElement('script'); s.text = 'hacked=1'; document.head.append(s); }",
        "eval": "() => { setTimeout('window.hacked = 1', 0); }",
        "elsewhere": "() => fetch('https://example.org/').then(() => { window.hacked = 1; })",
        "markup": "() => { document.body.innerHTML = '<img src=x onerror=window.hacked=1>'; }",
    }
    refused = page.evaluate(f"""async () => {{
        const heard = new Promise((done) => {{
            addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
        }});
        try {{ await ({attempts[attack]})(); }} catch {{}}
        return heard;
    }}""")
    assert refused
    assert page.evaluate("window.hacked") is None
    assert person.complaints
    person.complaints.clear()


def test_every_page_and_file_carries_the_security_headers(server: Server, new_person: NewPerson) -> None:
    person = new_person()
    page = person.context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(server.url)
    wait_connected(page)
    own = [answer for answer in answers if "/assets/" in answer.url or answer.url == server.url]
    assert len(own) > 30
    for answer in own:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
    assert {answer.url.split("/")[2] for answer in answers} <= {
        f"localhost:{server.environment['CHATAPP_HTTP_PORT']}",
        f"localhost:{server.environment['CHATAPP_WS_PORT']}",
    }


@pytest.mark.slow
def test_markup_in_an_own_message_is_shown_as_written(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open(f"#/u/{person.username}")
    write(page, PAYLOADS[0], PAYLOADS[3])
    assert texts(page) == [PAYLOADS[0], PAYLOADS[3]]


READ = """async ([address, mode]) => {
    const answer = await fetch(address, { credentials: "include", mode }).catch((error) => error.name);
    return answer.ok ? Object.keys(await answer.json()) : (answer.type ?? answer);
}"""


def test_a_page_of_an_allowed_origin_reads_the_api_and_no_page_embeds_it(
    new_person: NewPerson, server: Server, tmp_path: Path
) -> None:
    person = new_person()
    (tmp_path / "index.html").write_text("<title>A client that is served elsewhere</title>")
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        page = person.context.new_page()
        page.goto(f"http://localhost:{other.server_port}/")
        for path, key in (("loggedIn", "username"), ("users", "users"), ("conversations", "conversations")):
            assert page.evaluate(READ, [server.url + path, "cors"])[0] == key
            assert page.evaluate(READ, [server.url + path, "no-cors"]) == "TypeError"
        other.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *_arguments: object) -> None:
        pass
