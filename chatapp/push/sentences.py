"""What notifications say, by language. A test compares the languages with those of the web client.

Counts stand behind a noun, so that no language needs its plural forms.
"""

from chatapp.sentences import spoken

SENTENCES: dict[str, dict[str, str]] = {
    "in_group": {
        "en": "{name} in {group}",
        "de": "{name} in {group}",
        "zh-Hans": "{name}（{group}）",
        "ar": "{name} في {group}",
    },
    "in_thread": {
        "en": "{name} in a thread of {group}",
        "de": "{name} in einem Thread von {group}",
        "zh-Hans": "{name}（{group} 中的话题）",
        "ar": "{name} في سلسلة من {group}",
    },
    "mentioned": {
        "en": "You were mentioned: {text}",
        "de": "Du wurdest erwähnt: {text}",
        "zh-Hans": "有人提及你：{text}",
        "ar": "أُشير إليك: {text}",
    },
    "spoiler": {"en": "(spoiler)", "de": "(Spoiler)", "zh-Hans": "（剧透）", "ar": "(نص مخفي)"},
    "picture": {"en": "Photo", "de": "Foto", "zh-Hans": "照片", "ar": "صورة"},
    "video": {"en": "Video", "de": "Video", "zh-Hans": "视频", "ar": "فيديو"},
    "voice": {"en": "Voice message", "de": "Sprachnachricht", "zh-Hans": "语音消息", "ar": "رسالة صوتية"},
    "several": {
        "en": "{title} ({count})",
        "de": "{title} ({count})",
        "zh-Hans": "{title}（{count}）",
        "ar": "{title} ({count})",
    },
    "new_message": {"en": "New message", "de": "Neue Nachricht", "zh-Hans": "新消息", "ar": "رسالة جديدة"},
    "new_messages": {
        "en": "New messages: {count}",
        "de": "Neue Nachrichten: {count}",
        "zh-Hans": "新消息：{count}",
        "ar": "رسائل جديدة: {count}",
    },
    "test": {
        "en": "Notifications reach this device.",
        "de": "Benachrichtigungen kommen auf diesem Gerät an.",
        "zh-Hans": "通知可以送达此设备。",
        "ar": "تصل الإشعارات إلى هذا الجهاز.",
    },
}


def say(sentence: str, language: str, **values: object) -> str:
    """See `chatapp.sentences.spoken`."""
    return spoken(SENTENCES, sentence, language, **values)
