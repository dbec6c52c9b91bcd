"""What a digest says, by language. A test compares the languages with those of the web client.

Counts stand behind a noun, so that no language needs its plural forms.
"""

from chatapp.sentences import spoken

SENTENCES: dict[str, dict[str, str]] = {
    "subject": {
        "en": "What you have missed at {system}",
        "de": "Was du bei {system} verpasst hast",
        "zh-Hans": "你在 {system} 错过的消息",
        "ar": "ما فاتك في {system}",
    },
    "private": {
        "en": "Private messages of {name}",
        "de": "Private Nachrichten von {name}",
        "zh-Hans": "{name} 的私信",
        "ar": "رسائل خاصة من {name}",
    },
    "group": {"en": "{group}", "de": "{group}", "zh-Hans": "{group}", "ar": "{group}"},
    "thread": {
        "en": "A thread of {group}",
        "de": "Ein Thread von {group}",
        "zh-Hans": "{group} 中的话题",
        "ar": "سلسلة من {group}",
    },
    "line": {"en": "{name}: {text}", "de": "{name}: {text}", "zh-Hans": "{name}：{text}", "ar": "{name}: {text}"},
    "file": {"en": "(file)", "de": "(Datei)", "zh-Hans": "（文件）", "ar": "(ملف)"},
    "more": {
        "en": "More messages: {count}",
        "de": "Weitere Nachrichten: {count}",
        "zh-Hans": "更多消息：{count}",
        "ar": "رسائل أخرى: {count}",
    },
    "open": {
        "en": "Open the conversation",
        "de": "Unterhaltung öffnen",
        "zh-Hans": "打开会话",
        "ar": "فتح المحادثة",
    },
    "open_chat": {"en": "Open the chat", "de": "Chat öffnen", "zh-Hans": "打开聊天", "ar": "فتح الدردشة"},
    "why": {
        "en": "You get this e-mail because you were away and have an account ({username}) at {system}. How often it "
        "comes can be chosen in your account, under “E-mail address”.",
        "de": "Du bekommst diese E-Mail, weil du nicht da warst und ein Konto ({username}) bei {system} hast. Wie oft "
        "sie kommt, lässt sich in deinem Konto unter „E-Mail-Adresse“ wählen.",
        "zh-Hans": "你收到此邮件是因为你在 {system} 有账户（{username}）且有一段时间不在线。"
        "可在账户的“电子邮件地址”中选择发送频率。",
        "ar": "تصلك هذه الرسالة لأنك كنت غائبًا ولديك حساب ({username}) في {system}. يمكنك اختيار عدد مرات وصولها في "
        "حسابك ضمن «البريد الإلكتروني».",
    },
    "unsubscribe": {
        "en": "Get no more of these e-mails",
        "de": "Keine solchen E-Mails mehr bekommen",
        "zh-Hans": "不再接收此类邮件",
        "ar": "إيقاف هذه الرسائل",
    },
}


def say(sentence: str, language: str, **values: object) -> str:
    """See `chatapp.sentences.spoken`."""
    return spoken(SENTENCES, sentence, language, **values)
