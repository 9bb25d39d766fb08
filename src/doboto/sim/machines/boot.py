"""What a machine runs: a shell script in the place of an operating system's init, and user data.

cloud-init runs in images that have it, with the data source NoCloud
(https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html) and in the stages that systemd would start;
elsewhere user data becomes a program. Its kinds are those of
https://docs.cloud-init.io/en/latest/explanation/format.html that most user data is of: scripts, cloud-config, and
several of both as a MIME message, which is what Terraform's `cloudinit_config` makes.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterator, Mapping, Sequence
from email import message_from_string
from email.message import Message

from . import cloud_config

#: Run at every start. What belongs to the first one is remembered on the disk, with the Droplet's id: a Droplet made of
#: a snapshot starts afresh. The route to the metadata service appears a moment after the start, and is waited for, so
#: that user data can use it; FEA9FEA9 is 169.254.169.254 (proc(5), /proc/net/route). User data runs before the SSH
#: server, but keeps it waiting for ten seconds at most. The shell stays the first process: it collects orphans as init
#: does, a provisioner may restart the SSH server, and cloud-init finds the environment that it reads of that process,
#: which sshd would overwrite.
SCRIPT = r"""
run_user_data() {
  if ! command -v cloud-init > /dev/null; then
    unset MACHINE_USER_DATA MACHINE_CLOUD_INIT MACHINE_KEYS
    exec /var/lib/doboto/user-data
  fi
  seed=/var/lib/cloud/seed/nocloud
  mkdir -p $seed /etc/cloud/cloud.cfg.d
  printf 'instance-id: "%s"\n' "$MACHINE_DROPLET" > $seed/meta-data
  printf '%s' "$MACHINE_CLOUD_INIT" > $seed/user-data
  printf '%s\n' 'datasource_list: [NoCloud, None]' 'network: {config: disabled}' 'disable_root: false' \
    'preserve_hostname: true' 'locale: false' > /etc/cloud/cloud.cfg.d/90_machine.cfg
  unset MACHINE_USER_DATA MACHINE_CLOUD_INIT MACHINE_KEYS
  cloud-init init --local
  cloud-init init
  cloud-init modules --mode=config
  cloud-init modules --mode=final
}
instance=/var/lib/doboto/instance
mkdir -p /root/.ssh /var/lib/doboto /var/log /run/sshd /etc/dropbear
tenths=0
while [ -n "$MACHINE_METADATA" ] && [ $tenths -lt 50 ] && ! grep -q FEA9FEA9 /proc/net/route; do
  sleep 0.1
  tenths=$((tenths + 1))
done
if [ "$(cat $instance 2>/dev/null)" != "$MACHINE_DROPLET" ]; then
  chmod 700 /root /root/.ssh
  printf '%s\n' "$MACHINE_KEYS" > /root/.ssh/authorized_keys
  chmod 600 /root/.ssh/authorized_keys
  rm -f /etc/ssh/ssh_host_*_key* /etc/dropbear/*host_key /var/lib/doboto/password
  [ -n "$MACHINE_KEYS" ] || touch /var/lib/doboto/password
  printf '%s' "$MACHINE_DROPLET" > $instance
  if [ -n "$MACHINE_USER_DATA" ]; then
    printf '%s' "$MACHINE_USER_DATA" > /var/lib/doboto/user-data
    chmod 700 /var/lib/doboto/user-data
    (run_user_data) > /var/log/cloud-init-output.log 2>&1 &
    tenths=0
    while kill -0 $! 2>/dev/null && [ $tenths -lt 100 ]; do sleep 0.1; tenths=$((tenths + 1)); done
    cat /var/log/cloud-init-output.log
  fi
fi
unset MACHINE_USER_DATA MACHINE_CLOUD_INIT MACHINE_KEYS
serve() {
  if command -v sshd > /dev/null; then
    ssh-keygen -A > /dev/null
    root=prohibit-password
    [ ! -e /var/lib/doboto/password ] || root=yes
    exec "$(command -v sshd)" -D -e -o "PermitRootLogin=$root" -o PasswordAuthentication=yes
  fi
  exec "$(command -v dropbear)" -F -E -R
}
trap 'kill "$server" 2> /dev/null; exit 0' TERM INT
while :; do
  (serve) &
  server=$!
  wait "$server"
  sleep 5 &
  wait $!
done
"""
COMMAND: Sequence[str] = ("/bin/sh", "-c", SCRIPT)
#: Programs of which an image must have one.
SERVERS: Sequence[str] = ("sshd", "dropbear")
#: Gives root the password that is the first line of its input, and lets root log in with it from the next start on.
SET_PASSWORD: Sequence[str] = (
    "/bin/sh",
    "-c",
    r"""set -e
mkdir -p /var/lib/doboto
touch /var/lib/doboto/password
read -r password
if command -v chpasswd > /dev/null; then printf 'root:%s\n' "$password" | chpasswd
else printf '%s\n%s\n' "$password" "$password" | passwd root; fi
""",
)
#: Puts an SSH server into an image that lacks one, with the package manager that it has.
RECIPE = """FROM {image}
RUN if command -v apt-get; then apt-get update && apt-get install -y --no-install-recommends openssh-server; \\
    elif command -v dnf; then dnf install -y openssh-server && dnf clean all; \\
    elif command -v apk; then apk add openssh-server; else exit 1; fi
"""


def environment(
    droplet_id: int, keys: Sequence[str], user_data: str | None, *, has_metadata: bool = False
) -> Mapping[str, str]:
    """Return the variables that the script reads; user data as a program, and as it is for cloud-init.

    Args:
        droplet_id: The Droplet's id.
        keys: Public SSH keys that may log in as root; without any, root logs in with a password.
        user_data: What runs at the first start.
        has_metadata: Whether the machine gets a metadata service.
    """
    return {
        "MACHINE_DROPLET": str(droplet_id),
        "MACHINE_KEYS": "\n".join(keys),
        "MACHINE_USER_DATA": to_program(user_data) if user_data else "",
        "MACHINE_CLOUD_INIT": user_data or "",
        "MACHINE_METADATA": "yes" if has_metadata else "",
    }


MIME = ("Content-Type: multipart/", "MIME-Version:")
SHELL_SCRIPT, CLOUD_CONFIG = "text/x-shellscript", "text/cloud-config"
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
    return SHELL_SCRIPT if text.startswith("#!") else "text/plain"


def _join(parts: Sequence[tuple[str, str]]) -> str:
    """Join the parts of a message: cloud-config first, then the scripts, as cloud-init does them."""
    configs = [cloud_config.to_script(text) for type, text in parts if type == CLOUD_CONFIG]
    scripts = [text for type, text in parts if type == SHELL_SCRIPT]
    others = sorted({type for type, _ in parts} - {SHELL_SCRIPT, CLOUD_CONFIG})
    lines = ["#!/bin/sh", f"mkdir -p {PARTS}"]
    for number, text in enumerate([*configs, *scripts]):
        encoded = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
        lines.append(
            f"printf %s {encoded} | base64 -d > {PARTS}/{number}; chmod 700 {PARTS}/{number}; {PARTS}/{number}"
        )
    if others:
        lines.append(f"echo {shlex.quote('user data: left out: ' + ', '.join(others))}")
    return "\n".join([*lines, ""])
