"""The sentences of e-mail by language. A test compares the languages with those of the web client."""

LETTERS: dict[str, dict[str, tuple[str, str]]] = {
    "confirm": {
        "en": (
            "Confirm your e-mail address",
            "The account {username} at {system} is to have this e-mail address. Open this link to confirm "
            "it:\n\n{link}\n\n"
            "The link is valid for 24 hours, and once. If this is not your account, ignore this e-mail.\n",
        ),
        "de": (
            "E-Mail-Adresse bestätigen",
            "Das Konto {username} bei {system} soll diese E-Mail-Adresse bekommen. Mit diesem Link bestätigst "
            "du sie:\n\n"
            "{link}\n\nDer Link gilt 24 Stunden lang und einmal. Wenn das nicht dein Konto ist, ignoriere diese "
            "E-Mail.\n",
        ),
        "zh-Hans": (
            "确认你的电子邮件地址",
            "{system} 的账户 {username} 希望使用此电子邮件地址。请打开以下链接进行确认：\n\n{link}\n\n"
            "该链接 24 小时内有效，只能使用一次。如果这不是你的账户，请忽略此邮件。\n",
        ),
        "ar": (
            "تأكيد عنوان بريدك الإلكتروني",
            "طُلب ربط هذا العنوان بالحساب {username} في {system}. افتح هذا الرابط لتأكيده:\n\n{link}\n\n"
            "الرابط صالح لمدة 24 ساعة ولمرة واحدة. إذا لم يكن هذا حسابك فتجاهل هذه الرسالة.\n",
        ),
    },
    "reset": {
        "en": (
            "Choose a new password",
            "Somebody has asked for a new password of the account {username} at {system}. Open this link to "
            "choose it:\n\n"
            "{link}\n\nThe link is valid for an hour, and once. If that was not you, ignore this e-mail: your "
            "password "
            "stays as it is.\n",
        ),
        "de": (
            "Neues Passwort wählen",
            "Jemand hat ein neues Passwort für das Konto {username} bei {system} angefordert. Mit diesem Link "
            "wählst du "
            "es:\n\n{link}\n\nDer Link gilt eine Stunde lang und einmal. Wenn du das nicht warst, ignoriere "
            "diese E-Mail: "
            "Dein Passwort bleibt, wie es ist.\n",
        ),
        "zh-Hans": (
            "设置新密码",
            "有人请求为 {system} 的账户 {username} 设置新密码。请打开以下链接设置：\n\n{link}\n\n"
            "该链接一小时内有效，只能使用一次。如果不是你本人操作，请忽略此邮件，你的密码不会改变。\n",
        ),
        "ar": (
            "اختيار كلمة مرور جديدة",
            "طلب أحدهم كلمة مرور جديدة للحساب {username} في {system}. افتح هذا الرابط لاختيارها:\n\n{link}\n\n"
            "الرابط صالح لمدة ساعة ولمرة واحدة. إذا لم تكن أنت من طلبها فتجاهل هذه الرسالة، وستبقى كلمة مرورك "
            "كما هي.\n",
        ),
    },
    "test": {"en": ("Test of e-mail", "{system} at {link} can send e-mail.\n")},
}

FRAMES: dict[str, tuple[str, str]] = {
    "en": (
        "Your account at {system}",
        "{what}\n\nIf that was you, there is nothing to do. If not, choose another password at {link} and tell "
        "whoever "
        "runs {system}.\n",
    ),
    "de": (
        "Dein Konto bei {system}",
        "{what}\n\nWenn du das warst, ist nichts zu tun. Wenn nicht, wähle unter {link} ein anderes Passwort "
        "und sag der "
        "Person Bescheid, die {system} betreibt.\n",
    ),
    "zh-Hans": (
        "你在 {system} 的账户",
        "{what}\n\n如果是你本人操作，则无需处理。如果不是，请在 {link} 更换密码，并告知 {system} 的管理员。\n",
    ),
    "ar": (
        "حسابك في {system}",
        "{what}\n\nإذا كنت أنت من فعل ذلك فلا حاجة إلى أي إجراء. وإلا فاختر كلمة مرور أخرى في {link} وأخبر من يدير "
        "{system}.\n",
    ),
}
"""The subject and the text around a notice."""

NOTICES: dict[str, dict[str, str]] = {
    "address_changed": {
        "en": "The account {username} has another e-mail address now.",
        "de": "Das Konto {username} hat jetzt eine andere E-Mail-Adresse.",
        "zh-Hans": "账户 {username} 已更换电子邮件地址。",
        "ar": "تغيّر عنوان البريد الإلكتروني للحساب {username}.",
    },
    "address_removed": {
        "en": "The account {username} has no e-mail address any more.",
        "de": "Das Konto {username} hat keine E-Mail-Adresse mehr.",
        "zh-Hans": "账户 {username} 的电子邮件地址已移除。",
        "ar": "أُزيل عنوان البريد الإلكتروني من الحساب {username}.",
    },
    "password_changed": {
        "en": "The password of the account {username} was changed.",
        "de": "Das Passwort des Kontos {username} wurde geändert.",
        "zh-Hans": "账户 {username} 的密码已更改。",
        "ar": "تغيّرت كلمة مرور الحساب {username}.",
    },
    "passkey_added": {
        "en": "The account {username} has a new passkey.",
        "de": "Das Konto {username} hat einen neuen Passkey.",
        "zh-Hans": "账户 {username} 添加了新的通行密钥。",
        "ar": "أُضيف مفتاح مرور جديد إلى الحساب {username}.",
    },
    "identity_linked": {
        "en": "The account {username} can be signed in to by another provider now.",
        "de": "Beim Konto {username} kann man sich jetzt über einen weiteren Anbieter anmelden.",
        "zh-Hans": "账户 {username} 现在可以通过新的登录服务登录。",
        "ar": "يمكن الآن تسجيل الدخول إلى الحساب {username} عبر مزوّد آخر.",
    },
    "second_factor_on": {
        "en": "The account {username} asks for a code at sign-in now.",
        "de": "Das Konto {username} verlangt beim Anmelden jetzt einen Code.",
        "zh-Hans": "账户 {username} 已启用登录验证码。",
        "ar": "أصبح الحساب {username} يطلب رمزًا عند تسجيل الدخول.",
    },
    "second_factor_off": {
        "en": "The account {username} asks for no code at sign-in any more.",
        "de": "Das Konto {username} verlangt beim Anmelden keinen Code mehr.",
        "zh-Hans": "账户 {username} 已停用登录验证码。",
        "ar": "لم يعد الحساب {username} يطلب رمزًا عند تسجيل الدخول.",
    },
}
