"""Cloud-config becomes a script that does the same; the script is run here, in a folder of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from doboto.sim.machines.boot import environment
from doboto.sim.machines.cloud_config import CloudConfigError, to_script


def run(script: str, folder: Path) -> str:
    done = subprocess.run(["/bin/sh", "-c", script], cwd=folder, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout


def test_files_are_written_and_commands_run(tmp_path: Path) -> None:
    config = f"""#cloud-config
write_files:
  - path: {tmp_path}/etc/motd
    content: "it's $HOME\\n"
    permissions: '0640'
  - path: {tmp_path}/etc/motd
    content: bW9yZQo=
    encoding: b64
    append: true
runcmd:
  - echo one > {tmp_path}/one
  - [sh, -c, 'echo "$1" > two', x, "two words"]
"""
    run(to_script(config), tmp_path)
    motd = tmp_path / "etc" / "motd"
    assert motd.read_text(encoding="utf-8") == "it's $HOME\nmore\n"
    assert motd.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "one").read_text(encoding="utf-8") == "one\n"
    assert (tmp_path / "two").read_text(encoding="utf-8") == "two words\n"


def test_users_and_packages_use_what_the_system_has() -> None:
    script = to_script("""#cloud-config
packages: [nginx, 'a b']
users:
  - default
  - name: deploy
    ssh_authorized_keys: [ssh-ed25519 AAAA me]
""")
    assert "apt-get install -y nginx 'a b'" in script
    assert "useradd -m deploy" in script
    assert "'ssh-ed25519 AAAA me'" in script
    assert "default" not in script


def test_keys_that_are_not_known_are_named(tmp_path: Path) -> None:
    script = to_script("#cloud-config\nruncmd: [echo done]\nswap: {size: 1}\nntp: {}\n")
    assert run(script, tmp_path) == "done\ncloud-config: left out: swap, ntp\n"


@pytest.mark.parametrize(
    ("config", "message"), [("#cloud-config\na: [", "no YAML"), ("#cloud-config\n- a\n", "no object")]
)
def test_what_is_no_cloud_config_is_refused(config: str, message: str) -> None:
    with pytest.raises(CloudConfigError, match=message):
        to_script(config)
    assert message in environment(1, [], config)["MACHINE_USER_DATA"]


def test_user_data_that_is_no_program_says_so(tmp_path: Path) -> None:
    script = environment(1, [], "hello")["MACHINE_USER_DATA"]
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, "is not run" in done.stderr) == (1, True)


def test_script_is_run_as_it_is() -> None:
    assert environment(1, [], "#!/bin/bash\nexit 0\n")["MACHINE_USER_DATA"] == "#!/bin/bash\nexit 0\n"
    assert environment(1, ["a", "b"], None, has_metadata=True) == {
        "MACHINE_DROPLET": "1",
        "MACHINE_KEYS": "a\nb",
        "MACHINE_USER_DATA": "",
        "MACHINE_METADATA": "yes",
    }
