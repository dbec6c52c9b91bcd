"""The limit of how often a person may do something."""

from chatapp.clock import monotonic

BURST_SECONDS = 10.0
"""A person may do at once what the rate allows in this time, such as sending messages that waited for a connection."""

BUDGETS_KEPT = 10_000
"""With budgets of more people than these, the full ones are dropped, which allow the same as new ones."""


class TokenBucket:
    """`rate` times a second, after a pause up to BURST_SECONDS of them at once."""

    __slots__ = ("_rate", "_since", "_used")

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._since = monotonic()
        self._used = 0.0
        """Seconds of the budget that are used up."""

    def spend(self) -> float:
        """Takes one. Returns 0, or the seconds until there is one to take."""
        now = monotonic()
        used = max(self._used - now + self._since, 0.0)
        self._since = now
        cost = 1 / self._rate
        self._used = used
        if used + cost > BURST_SECONDS:
            return used + cost - BURST_SECONDS
        self._used = used + cost
        return 0.0

    def is_full(self) -> bool:
        """Whether a new bucket would allow the same."""
        return self._used <= monotonic() - self._since


class Budget:
    """What a person may ask for: `rate` things a second, and as many refusals before they are kept waiting."""

    __slots__ = ("allowed", "refusals")

    def __init__(self, rate: float) -> None:
        self.allowed = TokenBucket(rate)
        self.refusals = TokenBucket(rate)

    def is_full(self) -> bool:
        """Whether a new budget would allow the same."""
        return self.allowed.is_full() and self.refusals.is_full()


class Budgets:
    """The budgets of people, by user id. They outlive sessions and connections: who begins a new one has not waited."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._by_user: dict[int, Budget] = {}

    def of(self, user_id: int) -> Budget:
        found = self._by_user.get(user_id)
        if found is not None:
            return found
        if len(self._by_user) >= BUDGETS_KEPT:
            self._by_user = {own: budget for own, budget in list(self._by_user.items()) if not budget.is_full()}
        return self._by_user.setdefault(user_id, Budget(self._rate))

    def __len__(self) -> int:
        return len(self._by_user)
