"""Cloud-config becomes a script that does the same; the script is run here, in a folder of its own."""

from __future__ import annotations

import base64
import gzip
import subprocess
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from doboto.sim.machines.boot import environment, to_program
from doboto.sim.machines.cloud_config import CloudConfigError, to_script

PROGRAMS = ("apt-get", "chown", "chpasswd", "groupadd", "useradd", "usermod")


def run(script: str, folder: Path, **programs: str) -> str:
    """What a script prints that finds stand-ins for the system's programs; each notes how it is called."""
    for name, exit_code in {**dict.fromkeys(PROGRAMS, "0"), **programs}.items():
        program = folder / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {folder}/calls\nexit {exit_code}\n', encoding="utf-8")
        program.chmod(0o700)
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env={"PATH": f"{folder / 'bin'}:/usr/bin:/bin"},
        cwd=folder, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return done.stdout


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text(encoding="utf-8").splitlines()


def test_files_are_written_and_commands_run(tmp_path: Path) -> None:
    packed = base64.b64encode(gzip.compress(b"packed\n")).decode()
    config = f"""#cloud-config
bootcmd: [test ! -e {tmp_path}/etc]
write_files:
  - path: {tmp_path}/etc/motd
    content: "it's $HOME\\n"
    permissions: '0640'
  - path: {tmp_path}/etc/motd
    content: bW9yZQo=
    encoding: b64
    append: true
    permissions: 0640
  - {{path: {tmp_path}/packed, content: {packed}, encoding: gz+b64}}
  - {{path: {tmp_path}/binary, content: !!binary AP8=}}
  - {{path: {tmp_path}/late, content: late, defer: true}}
packages: [sl]
runcmd:
  - cat {tmp_path}/late > {tmp_path}/one
  - [sh, -c, 'echo "$1" > two', x, "two words"]
  -
"""
    run(to_script(config), tmp_path)
    motd = tmp_path / "etc" / "motd"
    assert motd.read_text(encoding="utf-8") == "it's $HOME\nmore\n"
    assert motd.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "packed").read_text(encoding="utf-8") == "packed\n"
    assert (tmp_path / "packed").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "binary").read_bytes() == b"\x00\xff"
    assert (tmp_path / "one").read_text(encoding="utf-8") == "late"
    assert (tmp_path / "two").read_text(encoding="utf-8") == "two words\n"


PACKAGES = {
    "packages: [nginx, 'a b', [curl, 8.5], {apt: [jq]}]": [
        "apt-get update", "apt-get install -y nginx a b curl=8.5 jq",
    ],
    "packages: nginx": ["apt-get update", "apt-get install -y nginx"],
    "package_update: true\npackage_upgrade: true": [
        "apt-get update", "apt-get update", "apt-get upgrade -y",
    ],
}  # fmt: skip


@pytest.mark.parametrize("config", PACKAGES)
def test_packages_are_installed_with_what_the_system_has(tmp_path: Path, config: str) -> None:
    run(to_script(f"#cloud-config\n{config}\n"), tmp_path)
    assert calls(tmp_path) == PACKAGES[config]


def test_users_get_groups_keys_passwords_and_sudo(tmp_path: Path) -> None:
    script = to_script("""#cloud-config
users:
  - default
  - name: deploy
    shell: /bin/bash
    groups: docker, www-data
    sudo: ['ALL=(ALL) NOPASSWD:ALL']
    lock_passwd: false
    passwd: $6$hash
    ssh_authorized_keys: [ssh-ed25519 AAAA me, ssh-ed25519 BBBB you]
  - {name: locked, plain_text_passwd: secret}
""")
    script = script.replace("/etc/sudoers.d", f"{tmp_path}/sudoers.d").replace("/etc/passwd", f"{tmp_path}/passwd")
    (tmp_path / "passwd").write_text(f"deploy:x:1:1::{tmp_path}/home:/bin/bash\n", encoding="utf-8")
    run(script, tmp_path, id="1")
    called = calls(tmp_path)
    assert "useradd -m -s /bin/bash deploy" in called
    assert "useradd -m locked" in called
    assert [one for one in called if "docker" in one] == ["groupadd -f docker", "usermod -aG docker deploy"]
    assert [one for one in called if one.startswith("chpasswd")] == ["chpasswd -e"]
    sudoers = tmp_path / "sudoers.d" / "90-cloud-init-users"
    assert sudoers.read_text(encoding="utf-8") == "deploy ALL=(ALL) NOPASSWD:ALL\n"
    keys = tmp_path / "home" / ".ssh" / "authorized_keys"
    assert keys.read_text(encoding="utf-8") == "ssh-ed25519 AAAA me\nssh-ed25519 BBBB you\n"
    assert keys.stat().st_mode & 0o777 == 0o600


def test_parts_of_a_message_are_done_in_cloud_init_s_order(tmp_path: Path) -> None:
    message = MIMEMultipart()
    for text, type in (
        (f"#!/bin/sh\necho script >> {tmp_path}/order\n", "x-shellscript"),
        (f"#cloud-config\nruncmd: [echo config >> {tmp_path}/order]\n", "cloud-config"),
        (f"#!/bin/sh\necho plain >> {tmp_path}/order\n", "plain"),
        ("hello", "jinja2"),
    ):
        message.attach(MIMEText(text, type))
    program = to_program(message.as_string()).replace("/var/lib/doboto", str(tmp_path))
    assert run(program, tmp_path) == "user data: left out: text/jinja2\n"
    assert (tmp_path / "order").read_text(encoding="utf-8") == "config\nscript\nplain\n"


def test_keys_that_are_not_known_are_named(tmp_path: Path) -> None:
    script = to_script("#cloud-config\nruncmd: [echo done]\nswap: {size: 1}\nntp: {}\n")
    assert run(script, tmp_path) == "done\ncloud-config: left out: swap, ntp\n"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("#cloud-config\na: [", "no YAML"),
        ("#cloud-config\n- a\n", "no object"),
        ("#cloud-config\nwrite_files: [{path: /a, content: x, encoding: gz}]\n", "not encoded as gz"),
    ],
)
def test_what_is_no_cloud_config_is_refused(config: str, message: str) -> None:
    with pytest.raises(CloudConfigError, match=message):
        to_script(config)
    assert message in environment(1, [], config)["MACHINE_USER_DATA"]


def test_user_data_that_is_no_program_says_so(tmp_path: Path) -> None:
    script = environment(1, [], "hello")["MACHINE_USER_DATA"]
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, "is not run" in done.stderr) == (1, True)


def test_script_is_run_as_it_is() -> None:
    assert environment(1, [], "#!/bin/bash\nexit 0\n")["MACHINE_USER_DATA"] == "#!/bin/bash\nexit 0\n"
    assert environment(1, ["a", "b"], None, has_metadata=True) == {
        "MACHINE_DROPLET": "1",
        "MACHINE_KEYS": "a\nb",
        "MACHINE_USER_DATA": "",
        "MACHINE_CLOUD_INIT": "",
        "MACHINE_METADATA": "yes",
    }
