"""How hypothesis draws what a run sends."""

from hypothesis import HealthCheck, Phase, settings


def generated(examples: int) -> settings:
    """So many examples, drawn anew and sent afterwards. None is made smaller or kept."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
