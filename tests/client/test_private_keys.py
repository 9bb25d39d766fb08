"""A private key that a certificate is made from is in no text of any error, whatever a server does with it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from doboto import DOBOTOException
from doboto._core.keys import COVERED
from doboto._core.request import Request
from doboto.errors import without_keys
from doboto.sim import Simulator

from .conftest import Log, one
from .references import table

OF_CREATE: dict[str, Any] = {"method": "POST", "path": "/v2/certificates", "count": 1}
#: Servers, and what stands before them, that show in their replies what they were sent.
ECHOES: dict[str, Callable[[Simulator, str], object]] = {
    "refused": lambda sim, key: sim.faults.add("status", status=422, body={"id": "no", "message": key}, **OF_CREATE),
    "refused without a message": lambda sim, key: sim.faults.add("status", status=400, body=key, **OF_CREATE),
    "failed": lambda sim, key: sim.faults.add("status", status=500, body={"message": f"sent: {key}"}, **OF_CREATE),
    "another shape": lambda sim, key: sim.faults.add("wrong_shape", body={"json": {"private_key": key}}, **OF_CREATE),
    "no JSON": lambda sim, key: sim.faults.add("not_json", body=f"private_key={key}", **OF_CREATE),
    "no answer": lambda sim, key: sim.faults.add("drop", **OF_CREATE),
}


@pytest.mark.parametrize("echo", ECHOES)
def test_no_error_tells_a_private_key(
    api: Any, sim: Simulator, parts: Any, echo: str, caplog: pytest.LogCaptureFixture
) -> None:
    private_key, leaf, chain = parts
    ECHOES[echo](sim, private_key)
    sim.faults.add("status", method="GET", path="/v2/certificates", status=403)  # looking ends at once
    with caplog.at_level(logging.DEBUG), pytest.raises(DOBOTOException) as caught:
        api.certificate.create("web", private_key, leaf, chain)
    error = caught.value
    texts = [
        str(error),
        repr(error),
        *traceback.format_exception(error),
        repr(getattr(error, "asked", "")),
        caplog.text,
    ]
    pieces = [line[start : start + 16] for line in private_key.splitlines()[1:-1] for start in range(0, 48, 16)]
    assert [piece for piece in pieces if piece and any(piece in text for text in texts)] == []


BODY = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3vVpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
PKCS8 = f"-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n"
RSA = PKCS8.replace("PRIVATE", "RSA PRIVATE")
OPENSSH = PKCS8.replace("PRIVATE", "OPENSSH PRIVATE")
ENCRYPTED = PKCS8.replace("PRIVATE", "ENCRYPTED PRIVATE")
SSH2 = "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nAAAA\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n"
PUTTY = "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 2\nAAAA\nPrivate-Lines: 1\nAAAA\n"


@pytest.mark.parametrize("key", [PKCS8, RSA, OPENSSH, ENCRYPTED, SSH2, PUTTY])
def test_a_private_key_is_sent_nowhere_but_where_it_belongs(api: Any, log: Log, parts: Any, key: str) -> None:
    rules = [{"protocol": "tcp", "ports": "22", "sources": {"tags": [f"see {key}"]}}]
    calls: list[tuple[str, Callable[[], object]]] = [
        ("public_key", lambda: api.ssh_key.create("laptop", key)),
        ("public_key", lambda: api.ssh_key.create(name="laptop", public_key=f"my key: {key}")),
        ("public_key", lambda: api.ssh_key.present("laptop", key)),
        ("name", lambda: api.ssh_key.create(key, parts[1])),
        ("name", lambda: api.ssh_key.update(1, key)),
        ("id_fingerprint", lambda: api.ssh_key.info(key)),
        ("id_fingerprint", lambda: api.ssh_key.destroy(key)),
        ("ssh_keys", lambda: api.droplet.create(one(ssh_keys=[1, key]))),
        ("ssh_keys", lambda: api.droplet.present(one(), ssh_keys=[key])),
        ("id", lambda: api.droplet.info(key)),
        ("leaf_certificate", lambda: api.certificate.create("web", parts[1], key)),
        ("certificate_chain", lambda: api.certificate.present("web", parts[0], parts[1], f"{parts[2]}{key}")),
        ("data", lambda: api.domain.record_create("example.com", {"type": "TXT", "name": "@", "data": key})),
        ("tags", lambda: api.firewall.create(name="web", inbound_rules=rules)),
        ("name", lambda: list(api.volume.each(name=key))),
    ]
    for name, call in calls:
        with pytest.raises(ValueError, match=f"^{name} holds a private key, which was not sent") as caught:
            call()
        assert key.splitlines()[1] not in "".join(traceback.format_exception(caught.value)).replace(__file__, "")
    assert log.take() == []


@pytest.mark.parametrize("key", [PKCS8, OPENSSH, PUTTY])
def test_a_request_by_hand_sends_no_private_key_either(api: Any, log: Log, key: str) -> None:
    bodies: list[tuple[str, str, Any]] = [
        ("public_key", "/account/keys", {"name": "laptop", "public_key": key}),
        ("public_key", "/v2/account/keys", {"name": "laptop", "public_key": f"my key: {key}"}),
        ("ssh_keys", "/droplets", one(ssh_keys=[1, key])),
        ("body", "/tags", [key]),
        ("body", "/tags", key),
        ("tags", "/firewalls", {"inbound_rules": [{"sources": {"tags": [key]}}]}),
        ("leaf_certificate", "/certificates", {"private_key": key, "leaf_certificate": key}),
    ]
    for name, path, body in bodies:
        with pytest.raises(ValueError, match=f"^{name} holds a private key, which was not sent"):
            api.request("POST", path, body=body)
    with pytest.raises(ValueError, match="^name holds a private key"):
        api.request("GET", "/volumes", query={"name": key})
    with pytest.raises(ValueError, match="^path holds a private key"):
        api.request("GET", f"/account/keys/{quote(key)}")
    assert log.take() == []


@pytest.mark.parametrize(
    "path",
    ["/v2//account/keys", "/v2/v2/account/keys", "/V2/account/keys", "/%61ccount/keys", "/Account/keys",
     "/account%2Fkeys", "/v%32/account//keys"],
)  # fmt: skip
def test_another_spelling_of_a_path_sends_no_private_key(api: Any, log: Log, path: str) -> None:
    with pytest.raises(ValueError, match="^public_key holds a private key"):
        api.request("POST", path, body={"name": "laptop", "public_key": OPENSSH})
    assert log.take() == []


def test_a_name_that_is_a_private_key_is_not_sent(api: Any, log: Log) -> None:
    calls: list[tuple[str, Callable[[], object]]] = [
        ("body", lambda: api.request("POST", "/account/keys", body={OPENSSH: 1})),
        ("spec", lambda: api.request("POST", "/tags", body={"spec": [{OPENSSH: "a"}]})),
        ("query", lambda: api.request("GET", "/volumes", query={OPENSSH: "a"})),
        ("labels", lambda: api.droplet.create(one(labels={OPENSSH: "a"}))),
    ]
    for name, call in calls:
        with pytest.raises(ValueError, match=f"^{name} holds a private key") as caught:
            call()
        assert BODY not in str(caught.value)
    assert log.take() == []


@pytest.mark.parametrize(
    ("path", "name"),
    [("/account/keys", "private_key"), ("/account/keys", "user_data"), ("/certificates", "user_data"),
     ("/droplets", "private_key"), ("/droplets/autoscale", "private_key"), ("/tags", "user_data")],
)  # fmt: skip
def test_a_member_means_a_private_key_only_where_the_api_has_it(api: Any, log: Log, path: str, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} holds a private key"):
        api.request("POST", path, body={"name": "laptop", "inside": {name: OPENSSH}})
    with pytest.raises(ValueError, match="^user_data holds a private key"):
        api.request("GET", "/droplets", query={"user_data": OPENSSH})
    assert log.take() == []


def test_a_request_by_hand_sends_private_keys_where_they_are_meant(api: Any, sim: Simulator, parts: Any) -> None:
    received: list[Any] = []
    sim.on_seen.append(lambda incoming, reply: received.append(incoming.body()))
    key, leaf, _ = parts
    app = {"spec": {"name": "web", "envs": [{"key": "DEPLOY_KEY", "value": OPENSSH, "type": "SECRET"}]}}
    sim.stub("POST", "/v2/apps", json={"app": {"id": "1"}}, status=200)
    assert api.request("POST", "/apps", body=app)
    assert api.request("POST", "/droplets", body=one(user_data=f"#cloud-config\n{OPENSSH}"))
    pool = {"name": "web", "droplet_template": {"user_data": OPENSSH}}
    sim.stub("POST", "/v2/droplets/autoscale", json={"autoscale_pool": {"id": "1"}}, status=200)
    assert api.request("POST", "/droplets/autoscale", body=pool)
    certificate = {"name": "web", "type": "custom", "private_key": key, "leaf_certificate": leaf}
    assert api.request("POST", "/certificates", body=certificate)
    assert received[0] == app
    assert received[2] == pool
    assert (received[1]["user_data"], received[3]["private_key"]) == (f"#cloud-config\n{OPENSSH}", key)


def test_every_operation_has_a_path_that_is_guarded(openapi: dict[str, Any]) -> None:
    used = {id for ids in table().values() for id in ids}
    paths = {path for path, methods in openapi["paths"].items() for one in methods.values() if ids_of(one) & used}
    assert {path.split("/")[2] for path in paths} == COVERED


def ids_of(operation: Any) -> set[str]:
    return {operation["operationId"]} if isinstance(operation, dict) and "operationId" in operation else set()


def test_a_private_key_in_user_data_is_meant(api: Any) -> None:
    assert api.droplet.create(one(user_data=f"#cloud-config\nssh_keys:\n  ed25519_private: |\n    {OPENSSH}"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "laptop",
        "ssh-ed25519",
        "ssh-ed25519 no/base64!",
        "https://example.com/key.pub",
        "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----",
        "---- BEGIN SSH2 PUBLIC KEY ----\n" + "a:\\\n" * 60,  # headers that go on could be read in 2 ** 60 ways
    ],
)
def test_what_is_no_public_key_is_refused_before_anything_is_sent(api: Any, log: Log, text: str) -> None:
    for add in (api.ssh_key.create, api.ssh_key.present):
        with pytest.raises(ValueError, match="public_key"):
            add("laptop", text)
    assert log.take() == []


def test_public_keys_in_both_forms_are_sent_and_known(api: Any, log: Log) -> None:
    encoded = "AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p"
    key = api.ssh_key.create("laptop", f"ssh-ed25519 {encoded} me@laptop")
    long = (
        f"---- BEGIN SSH2 PUBLIC KEY ----\nComment: me\n{encoded[:40]}\n{encoded[40:]}\n---- END SSH2 PUBLIC KEY ----\n"
    )
    log.take()
    assert api.ssh_key.present("laptop", long) == (key, None)
    assert log.take() == [f"GET /account/keys/{key['fingerprint']}"]
    api.ssh_key.destroy(key["id"])
    assert api.ssh_key.create("laptop", long)["public_key"] == f"ssh-ed25519 {encoded}"


def test_a_request_does_not_show_its_body() -> None:
    assert "secret" not in repr(Request("POST", "/certificates", body={"private_key": "secret"}))


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "])
def test_a_key_is_taken_out_of_a_text_whole_or_cut_off(kind: str) -> None:
    whole = f"-----BEGIN {kind}PRIVATE KEY-----\nMIIEvQ\n-----END {kind}PRIVATE KEY-----"
    assert without_keys(f"a {whole} b {whole} c") == "a (a private key) b (a private key) c"
    assert without_keys(f"a {whole!r} b") == "a '(a private key)' b"
    assert without_keys(f"a {whole[:-30]}") == "a (a private key)"
    assert without_keys("-----BEGIN CERTIFICATE-----\nMIIC") == "-----BEGIN CERTIFICATE-----\nMIIC"
