"""What a machine runs: a shell script in the place of an operating system's init and cloud-init."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from . import cloud_config

#: Run at every start. What belongs to the first one is remembered on the disk, with the Droplet's id: a Droplet made of
#: a snapshot starts afresh. The route to the metadata service appears a moment after the start, and is waited for, so
#: that user data can use it; FEA9FEA9 is 169.254.169.254 (proc(5), /proc/net/route). User data runs before the SSH
#: server, but keeps it waiting for ten seconds at most.
SCRIPT = r"""
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
    (unset MACHINE_USER_DATA MACHINE_KEYS; exec /var/lib/doboto/user-data) > /var/log/cloud-init-output.log 2>&1 &
    seconds=0
    while kill -0 $! 2>/dev/null && [ $seconds -lt 10 ]; do sleep 1; seconds=$((seconds + 1)); done
    cat /var/log/cloud-init-output.log
  fi
fi
unset MACHINE_USER_DATA MACHINE_KEYS
if command -v sshd > /dev/null; then
  ssh-keygen -A > /dev/null
  root=prohibit-password
  [ ! -e /var/lib/doboto/password ] || root=yes
  exec "$(command -v sshd)" -D -e -o "PermitRootLogin=$root" -o PasswordAuthentication=yes
fi
exec "$(command -v dropbear)" -F -E -R
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
#: In the place of user data that cannot be run: its text is in the machine's console.
NOT_RUN = "#!/bin/sh\necho {reason} >&2\nexit 1\n"
NO_SCRIPT = "user data that begins neither with #! nor with #cloud-config is not run"

#: Puts an SSH server into an image that lacks one, with whatever package manager it has.
RECIPE = """FROM {image}
RUN if command -v apt-get; then apt-get update && apt-get install -y --no-install-recommends openssh-server; \\
    elif command -v dnf; then dnf install -y openssh-server && dnf clean all; \\
    elif command -v apk; then apk add openssh-server; else exit 1; fi
"""


def environment(
    droplet_id: int, keys: Sequence[str], user_data: str | None, *, has_metadata: bool = False
) -> Mapping[str, str]:
    """Return the variables that the script reads.

    Args:
        droplet_id: The Droplet's id.
        keys: Public SSH keys that may log in as root; without any, root logs in with a password.
        user_data: What runs at the first start.
        has_metadata: Whether the machine gets a metadata service.
    """
    return {
        "MACHINE_DROPLET": str(droplet_id),
        "MACHINE_KEYS": "\n".join(keys),
        "MACHINE_USER_DATA": _script(user_data) if user_data else "",
        "MACHINE_METADATA": "yes" if has_metadata else "",
    }


def _script(user_data: str) -> str:
    """User data as a program that can be run."""
    if user_data.startswith("#!"):
        return user_data
    reason = NO_SCRIPT
    if user_data.startswith(cloud_config.HEADER):
        try:
            return cloud_config.to_script(user_data)
        except cloud_config.CloudConfigError as failure:
            reason = str(failure)
    return NOT_RUN.format(reason=shlex.quote(reason))
