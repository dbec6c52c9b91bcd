"""Serializers of groups: their details, and public groups as every user sees them."""

from typing import Any

from chatapp.actions.public_groups import DirectoryPage, PublicGroup
from chatapp.actions.retention_preview import Preview
from chatapp.installation_shapes import RetentionPreviewShape
from chatapp.shapes import DetailsShape, PublicGroupShape, PublicGroupsShape


def details(source: Any) -> DetailsShape:
    """From `Details`, or from a row with the columns of DETAILS."""
    return {
        "topic": source.topic,
        "description": source.description,
        "sharesHistory": bool(source.shares_history),
        "isPublic": bool(source.is_public),
        "writers": source.writers,
        "pinners": source.pinners,
        "retentionDays": source.retention_days,
        "erasedSequence": source.erased_sequence,
    }


def public_group(found: PublicGroup) -> PublicGroupShape:
    return {
        "groupId": str(found.conversation_id),
        "groupName": found.name,
        "topic": found.topic,
        "description": found.description,
        "memberCount": found.member_count,
        "isMember": found.is_member,
    }


def directory_page(page: DirectoryPage) -> PublicGroupsShape:
    return {"groups": [public_group(found) for found in page.groups], "next": page.next}


def retention_preview(found: Preview) -> RetentionPreviewShape:
    return {"messages": found.messages, "conversations": found.conversations, "more": found.has_more}
