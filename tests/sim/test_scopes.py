"""Tokens with scopes may do and see less."""

from __future__ import annotations

from .client import Answer, Client

MESSAGE = "You are not authorized to perform this operation"


def _ask(client: Client, scopes: list[str], method: str, path: str, body: object = None) -> Answer:
    """One request with a narrow token to the same account; not checked against the schemas, which know no scopes."""
    client.sim.register("narrow", scopes=scopes, account="token")
    checked, client._specification = client._specification, None
    client.token = "narrow"
    try:
        return client.call(method, path, body)
    finally:
        client.token, client._specification = "token", checked


def test_a_token_without_the_scope_is_refused(client: Client) -> None:
    answer = _ask(client, ["droplet:read"], "POST", "/v2/droplets", {})
    assert (answer.status, answer.body) == (403, {"id": "Forbidden", "message": MESSAGE})
    assert _ask(client, ["image:read"], "GET", "/v2/droplets").status == 403
    assert _ask(client, ["droplet:read"], "GET", "/v2/droplets").status == 200


def test_fields_of_other_scopes_are_left_out(client: Client) -> None:
    droplet = client.create_active(tags=["web"])
    path = f"/v2/droplets/{droplet['id']}"
    seen = _ask(client, ["droplet:read"], "GET", path).body["droplet"]
    hidden = {"backup_ids", "snapshot_ids", "image", "volume_ids", "tags", "vpc_uuid"}
    assert set(droplet) - set(seen) == hidden
    with_tags = _ask(client, ["droplet:read", "tag:read"], "GET", path).body["droplet"]
    assert with_tags["tags"] == ["web"]
    limits = _ask(client, ["account:read"], "GET", "/v2/account").body["account"]
    assert "droplet_limit" not in limits
    assert "email" in limits


def test_attributes_of_a_create_take_scopes_of_their_own(client: Client) -> None:
    wanted = {"name": "a", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    base = ["droplet:create", "image:read"]
    assert _ask(client, base, "POST", "/v2/droplets", {**wanted, "tags": ["x"]}).status == 403
    assert _ask(client, base, "POST", "/v2/droplets", {**wanted, "ssh_keys": [1]}).status == 403
    assert _ask(client, ["droplet:create"], "POST", "/v2/droplets", wanted).status == 403
    assert _ask(client, base, "POST", "/v2/droplets", wanted).status == 202


def test_some_actions_take_more_than_update(client: Client) -> None:
    path = f"/v2/droplets/{client.create_active()['id']}/actions"
    for type, scope in [
        ("snapshot", "image:create"),
        ("password_reset", "droplet:admin"),
        ("resize", "droplet:create"),
    ]:
        assert _ask(client, ["droplet:update"], "POST", path, {"type": type}).status == 403
        assert _ask(client, ["droplet:update", scope], "POST", path, {"type": type}).status != 403
        client.sim.clock.advance(60)  # type: ignore[attr-defined]


def test_broad_scopes_cover_single_ones(client: Client) -> None:
    assert _ask(client, ["read"], "GET", "/v2/droplets").status == 200
    assert _ask(client, ["read"], "DELETE", "/v2/droplets/1").status == 403
    assert _ask(client, ["write"], "DELETE", "/v2/droplets/1").status == 404


def test_tagging_takes_the_scope_of_the_resource(client: Client) -> None:
    droplet = client.create(tags=["web"])
    body = {"resources": [{"resource_id": str(droplet["id"]), "resource_type": "droplet"}]}
    assert _ask(client, ["tag:create"], "POST", "/v2/tags/web/resources", body).status == 403
    assert _ask(client, ["tag:create", "droplet:update"], "POST", "/v2/tags/web/resources", body).status == 204


def test_several_tokens_can_open_one_account(client: Client) -> None:
    client.create()
    client.sim.register("second", account="token")
    client.token = "second"
    assert client.get("/v2/droplets")["meta"]["total"] == 1


def test_of_alternatives_one_scope_is_enough(client: Client) -> None:
    client.post("/v2/domains", {"name": "example.com"})
    record = {"type": "A", "name": "www", "data": "198.18.0.9"}
    for scope in ("domain:create", "domain:update"):
        assert _ask(client, [scope], "POST", "/v2/domains/example.com/records", record).status == 201
    assert _ask(client, ["domain:read"], "POST", "/v2/domains/example.com/records", record).status == 403
    droplet = client.act(client.create_active(), "snapshot")
    path = f"/v2/snapshots/{droplet['snapshot_ids'][0]}"
    assert _ask(client, ["block_storage_snapshot:read"], "GET", path).status == 403
    assert _ask(client, ["snapshot:read"], "GET", path).status == 200
    assert _ask(client, ["block_storage_snapshot:delete"], "DELETE", path).status == 403
    assert _ask(client, ["image:delete"], "DELETE", path).status == 204
