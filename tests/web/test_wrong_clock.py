"""Browsers whose clocks are a day off: order, ticks and sessions are the server's."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.people import Person, bubble, reload_offline, texts, tick, wait_connected, write

NewPerson = Callable[..., Person]

DAY_MILLISECONDS = 24 * 60 * 60 * 1000

STEPPED_CLOCK = """
  const Right = Date;
  globalThis.Date = class Date extends Right {
    constructor(...given) {
      super(...(given.length ? given : [Right.now() + OFFSET]));
    }
    static now() {
      return Right.now() + OFFSET;
    }
  };
"""


def open_with_clock(person: Person, other: str, offset: int) -> Page:
    person.context.add_init_script(STEPPED_CLOCK.replace("OFFSET", str(offset)))
    return person.open(f"#/u/{other}")


@pytest.mark.slow
def test_clocks_that_are_a_day_off_change_no_order_no_tick_and_no_session(new_person: NewPerson) -> None:
    alice, bob = new_person(service_workers="allow"), new_person()
    ahead = open_with_clock(alice, bob.username, DAY_MILLISECONDS)
    behind = open_with_clock(bob, alice.username, -DAY_MILLISECONDS)
    assert ahead.evaluate("Date.now()") - behind.evaluate("Date.now()") > 1.9 * DAY_MILLISECONDS
    said = []
    for number in range(3):
        for person, page, other in ((alice, ahead, behind), (bob, behind, ahead)):
            said.append(f"{number} of {person.username}")
            write(page, said[-1])
            expect(bubble(other, said[-1])).to_be_visible()
    assert texts(ahead) == texts(behind) == said

    page = reload_offline(alice)
    expect(bubble(page, said[-1])).to_be_visible()
    write(page, "written offline", "and this")
    write(behind, "meanwhile")
    alice.context.set_offline(False)
    wait_connected(page)
    expect(bubble(behind, "and this")).to_be_visible()
    expect(tick(page, "and this")).to_have_attribute("aria-label", "Read by all")
    said += ["meanwhile", "written offline", "and this"]
    assert texts(page) == texts(behind) == said

    for one in (page, behind):
        one.reload()
        wait_connected(one)
        expect(bubble(one, said[-1])).to_be_visible()
        assert texts(one) == said
