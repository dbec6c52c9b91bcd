"""Each message is sent one to five times, by two devices and both doors, and some once more after restarts."""

from tests.faults.scene import Fault, Scene

COPIES = 5
REPEATS_OF_EACH = 5
PEACE_ACKS = 60


def repeat(scene: Scene, rounds: int) -> None:
    """Restarts the server in each round, by a kill or in order, and lets everybody send earlier messages again."""
    server = scene.serve()
    crowd = scene.gather([server], devices=2, copies=COPIES)
    crowd.wait_until_back()
    for number in range(rounds):
        crowd.wait_for_acks(PEACE_ACKS)
        if number % 2:
            server.stop()
        else:
            server.kill()
        server.start()
        crowd.repeat(REPEATS_OF_EACH)
        scene.took("all back", crowd.wait_until_back())
        scene.say(f"{number + 1} restarts between repeats")


HOW = "each message sent 1 to 5 times by two devices and both doors; a restart or a kill, and earlier messages again"
FAULTS = [
    Fault("Duplicates, SQLite", HOW, "sqlite", repeat, 1, 40),
    Fault("Duplicates, PostgreSQL", HOW, "postgresql", repeat, 0, 40),
]
