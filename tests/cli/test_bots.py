"""`chatapp bots`."""

from tests.cli.running import Run, expect_output


def test_bots_and_their_tokens_are_made_listed_and_revoked(run: Run) -> None:
    expect_output(run("bots", "add", "weather", "--name", "Weather Report"), 0, "Added the bot weather.")
    assert run("bots", "list").output == "weather\tWeather Report\t0\n"
    expect_output(run("bots", "rename", "weather", "Forecast"), 0, "weather is now called Forecast.")
    assert run("bots", "list").output == "weather\tForecast\t0\n"
    expect_output(run("bots", "rename", "weather", "Weather Report"), 0)
    made = run("bots", "token", "weather", "harbour")
    expect_output(made, 0, "chatapp_bot_")
    secret = made.output.strip()
    expect_output(run("bots", "token", "weather", "coast", "--days", "7"), 0, "chatapp_bot_")
    assert run("bots", "list").output == "weather\tWeather Report\t2\n"
    lines = [line.split("\t") for line in run("bots", "list", "weather").output.splitlines()]
    assert sorted((name, end == "no end", used) for _, name, end, used in lines) == [
        ("coast", False, "never used"),
        ("harbour", True, "never used"),
    ]
    assert secret not in str(lines)
    number = next(number for number, name, _, _ in lines if name == "harbour")
    expect_output(run("bots", "revoke", "weather", number), 0, "is revoked")
    assert "harbour" not in run("bots", "list", "weather").output
    expect_output(run("users", "deactivate", "weather"), 0)
    assert run("bots", "list").output == "weather\tWeather Report\t0\tdeactivated\n"
    expect_output(run("bots", "token", "weather", "again"), 1, "closed")


def test_mistakes_are_sentences(run: Run) -> None:
    run("users", "add", "anna", "--no-password")
    expect_output(run("bots", "add", "anna"), 1, "taken")
    expect_output(run("bots", "add", "a b"), 1)
    for words in (("list", "anna"), ("rename", "anna", "t"), ("token", "anna", "t"), ("revoke", "anna", "1")):
        expect_output(run("bots", *words), 1, "There is no such bot.")
    run("bots", "add", "weather")
    expect_output(run("bots", "revoke", "weather", "1"), 1, "There is no such token.")
    expect_output(run("bots", "token", "weather", "t", "--days", "0"), 2)


def test_an_operator_gives_a_bot_no_other_sign_in(run: Run) -> None:
    run("bots", "add", "weather")
    expect_output(run("users", "role", "weather", "member"), 1, "A bot stays one")
    expect_output(run("users", "role", "weather", "bot"), 2)
    expect_output(run("users", "password", "weather", input="a long enough phrase\n" * 2), 1, "A bot stays one")
    expect_output(run("users", "reset", "weather"), 1, "A bot stays one")
    expect_output(run("users", "email", "weather", "w@example.org"), 1, "Only administrators")
    assert run("users", "list").output == "weather\tweather\tbot, no password\n"
