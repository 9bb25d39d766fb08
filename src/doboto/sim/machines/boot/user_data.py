"""User data as a program that a machine without cloud-init can run.

Kinds are those of https://docs.cloud-init.io/en/latest/explanation/format.html that most user data is of: scripts,
cloud-config, and several of both as a MIME message, which is what Terraform's `cloudinit_config` makes.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterator, Sequence
from email import message_from_string
from email.message import Message

from . import cloud_config

MIME = ("Content-Type: multipart/", "MIME-Version:")
SCRIPT, CLOUD_CONFIG = "text/x-shellscript", "text/cloud-config"
#: Types of parts that do not say what they are: their first line does.
UNSPECIFIC = ("text/plain", "text/x-not-multipart")
#: In the place of user data that cannot be run: its text is in the machine's console.
NOT_RUN = "#!/bin/sh\necho {reason} >&2\nexit 1\n"
NO_KIND = "user data that is no script (#!), cloud-config (#cloud-config) or MIME message of those is not run"
#: Where scripts of a message are while they run.
PARTS = "/var/lib/doboto/parts"


def to_program(user_data: str) -> str:
    """Return a program that does what user data asks for; one that only says why if that cannot be done.

    Args:
        user_data: The text, as the Droplet was created with it.
    """
    if user_data.startswith("#!"):
        return user_data
    try:
        if user_data.startswith(MIME):
            return _join(list(_parts(message_from_string(user_data))))
        if user_data.startswith(cloud_config.HEADER):
            return cloud_config.to_script(user_data)
    except cloud_config.CloudConfigError as failure:
        return _refusal(str(failure))
    return _refusal(NO_KIND)


def _refusal(reason: str) -> str:
    return NOT_RUN.format(reason=shlex.quote(reason))


def _parts(message: Message) -> Iterator[tuple[str, str]]:
    """List the parts of a message: their types and texts."""
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            text = content.decode("utf-8", "surrogateescape")
            type = part.get_content_type()
            yield _type_of(text) if type in UNSPECIFIC else type, text


def _type_of(text: str) -> str:
    if text.startswith(cloud_config.HEADER):
        return CLOUD_CONFIG
    return SCRIPT if text.startswith("#!") else "text/plain"


def _join(parts: Sequence[tuple[str, str]]) -> str:
    """Join the parts of a message: cloud-config first, then the scripts, as cloud-init does them."""
    configs = [cloud_config.to_script(text) for type, text in parts if type == CLOUD_CONFIG]
    scripts = [text for type, text in parts if type == SCRIPT]
    others = sorted({type for type, _ in parts} - {SCRIPT, CLOUD_CONFIG})
    lines = ["#!/bin/sh", f"mkdir -p {PARTS}"]
    for number, text in enumerate([*configs, *scripts]):
        encoded = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
        lines.append(
            f"printf %s {encoded} | base64 -d > {PARTS}/{number}; chmod 700 {PARTS}/{number}; {PARTS}/{number}"
        )
    if others:
        lines.append(f"echo {shlex.quote('user data: left out: ' + ', '.join(others))}")
    return "\n".join([*lines, ""])
