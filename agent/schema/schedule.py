"""When the process asks for the next steps of an incident; the only place that knows the periods."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from agent.schema.base import Model, UtcTime

DISTRIBUTE_WITHIN = timedelta(hours=48)
FOLLOW_UP_AFTER = timedelta(weeks=4)


class FollowUp(Model):
    """What follow-up.json holds; a date that cannot be known is null."""

    distribute_by: UtcTime | None
    """48 hours after the end of the incident."""
    review_on: date | None
    """Four weeks after publication, or after the end while it is not published."""


def follow_up_of(ended: datetime | None, published: datetime | None) -> FollowUp:
    """Compute both dates from the end of the incident and the first publication."""
    since = published or ended
    return FollowUp(
        distribute_by=ended + DISTRIBUTE_WITHIN if ended else None,
        review_on=(since + FOLLOW_UP_AFTER).date() if since else None,
    )
