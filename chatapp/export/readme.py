"""The file of an export that says what the others are."""

README = """Your data
=========

This is what belongs to {username} in this chat, made at {at}.

profile.json        your name, role and e-mail address, and what you show of yourself
picture.webp        your picture, if you have one
sessions.json       where you are signed in
passkeys.json       the names of your passkeys
identities.json     the providers by which you sign in
activity.jsonl      what you did of note, such as signing in, when, and from which address
security.json       whether your second factor is on
settings.json       your settings
preferences.json    what you have chosen for single conversations
drafts.json         what you have typed and not sent
saved.json          which messages you have saved
scheduled.json      what is to be sent later
blocks.json         whom you block
conversations.json  your conversations, each with the name of its file
conversations/      what was said in them, one file for each
files/              the files that you have sent, each in a folder with its fileId

All text is in UTF-8. Files that end in .json hold JSON. Those that end in .jsonl hold a JSON object on each line, the
oldest first. Those of conversations hold messages:

sender      the username of whoever wrote it
receiver    the username of whom it was sent to, or the number of the group
content     the text; empty if the message was deleted or has only files
timestamp   when it was sent, in UTC
messageId   the number of the conversation, and that of the message in it

Some have more, such as editedAt, versions (the earlier texts), deletedAt, reactions, replyTo, poll, mentions and files.
Files of others are named there, and not in here.

Only what you may see is in here. A group that hides its history from new members has it from when you joined.
Passwords and other secrets are left out.
"""
