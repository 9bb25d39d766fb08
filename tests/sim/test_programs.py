"""What programs that depend on the real API expect of it: the Terraform provider, the official Ansible collection,
python-digitalocean, csi-digitalocean, dnscontrol, godo.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doboto.sim import ManualClock, Settings

from .client import Answer, Client
from .conftest import START, Simulate

KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQDDHr/jh2Jy4yALcK4JyWbVkPRaWmhck3IgCoeOO3z1e2dBowLh64QAM+Qb72pxekALga2oi4GvT+TlWNhzPH4V"  # fmt: skip  # noqa: E501
POLICY = {
    "alerts": {"email": ["a@example.com"], "slack": None},
    "compare": "GreaterThan",
    "description": "busy",
    "enabled": True,
    "entities": [],
    "tags": [],
    "type": "v1/insights/droplet/cpu",
    "value": 80,
    "window": "5m",
}


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.message


# -- the Terraform provider


def test_a_project_keeps_an_empty_environment(client: Client) -> None:
    made = client.post("/v2/projects", {"name": "a", "purpose": "x", "environment": ""})["project"]
    path = f"/v2/projects/{made['id']}"
    assert made["environment"] == ""
    assert client.call("PATCH", path, {"environment": "Production"}).body["project"]["environment"] == "Production"
    assert client.call("PATCH", path, {"environment": ""}).body["project"]["environment"] == ""


@pytest.mark.parametrize(
    "alerts",
    [
        {"email": ["a@example.com"]},
        {"email": ["a@example.com"], "slack": None},
        {"slack": [{"channel": "#a", "url": "https://hooks.example.com/a"}]},
    ],
)
def test_an_alert_policy_has_email_or_slack(client: Client, alerts: dict[str, Any]) -> None:
    made = client.post("/v2/monitoring/alerts", {**POLICY, "alerts": alerts}, status=200)["policy"]
    assert made["alerts"] == {"email": alerts.get("email", []), "slack": alerts.get("slack") or []}


def test_an_alert_policy_may_have_a_newer_type(client: Client) -> None:
    made = client.post("/v2/monitoring/alerts", {**POLICY, "type": "v1/insights/droplet/gpu_load"}, status=200)
    assert made["policy"]["type"] == "v1/insights/droplet/gpu_load"


def test_a_slash_at_the_end_is_an_empty_identifier_to_newer_services(client: Client) -> None:
    for path in ("monitoring/alerts", "vpcs", "load_balancers", "firewalls", "projects", "certificates"):
        assert client.call("GET", f"/v2/{path}").status == 200
        assert client.call("GET", f"/v2/{path}/").status == 404
    client.post("/v2/domains", {"name": "example.com"})
    for path in ("droplets", "account/keys", "domains", "domains/example.com/records", "images", "snapshots", "sizes"):
        assert client.call("GET", f"/v2/{path}/").status == 200


def test_a_reserved_ip_is_a_floating_ip_to_projects(client: Client) -> None:
    project = client.post("/v2/projects", {"name": "a", "purpose": "x"})["project"]
    path = f"/v2/projects/{project['id']}/resources"
    ip = client.post("/v2/reserved_ips", {"region": "nyc3"}, status=202)["reserved_ip"]["ip"]
    (assigned,) = client.post(path, {"resources": [f"do:reservedip:{ip}"]}, status=200)["resources"]
    assert (assigned["urn"], assigned["status"]) == (f"do:floatingip:{ip}", "assigned")
    assert [one["urn"] for one in client.get(path)["resources"]] == [f"do:floatingip:{ip}"]


def test_an_assigned_reserved_ip_stays_in_its_project(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    made = client.post("/v2/reserved_ips", {"droplet_id": droplet["id"]}, status=202)["reserved_ip"]
    clock.advance(60)
    project = client.post("/v2/projects", {"name": "a", "purpose": "x"})["project"]
    path = f"/v2/projects/{project['id']}/resources"
    assert client.call("POST", path, {"resources": [f"do:reservedip:{made['ip']}"]}).status == 412
    assert client.get(path)["resources"] == []


def test_what_blocks_a_droplet_is_among_its_actions(client: Client) -> None:
    droplet = client.create_active()
    volume = client.post("/v2/volumes", {"name": "data", "region": "nyc3", "size_gigabytes": 1})["volume"]
    attach = {"type": "attach", "droplet_id": droplet["id"]}
    action = client.post(f"/v2/volumes/{volume['id']}/actions", attach, status=202)["action"]
    path = f"/v2/droplets/{droplet['id']}/actions"
    assert client.call("POST", path, {"type": "reboot"}).message == "Droplet already has a pending event."
    assert client.get(path)["actions"][0] == action == client.get(f"{path}/{action['id']}")["action"]


@pytest.mark.parametrize(
    ("sent", "kept"), [({}, "0"), ({"ports": "0"}, "0"), ({"ports": ""}, ""), ({"ports": "8"}, "8")]
)
def test_icmp_rules_echo_their_ports(client: Client, sent: dict[str, str], kept: str) -> None:
    rule = {"protocol": "icmp", "sources": {"addresses": ["0.0.0.0/0"]}, **sent}
    made = client.post("/v2/firewalls", {"name": "ping", "inbound_rules": [rule]}, status=202)["firewall"]
    assert made["inbound_rules"][0]["ports"] == kept


def test_an_unwritten_volume_has_a_snapshot_of_no_size(client: Client) -> None:
    volume = client.post("/v2/volumes", {"name": "data", "region": "nyc3", "size_gigabytes": 100})["volume"]
    snapshot = client.post(f"/v2/volumes/{volume['id']}/snapshots", {"name": "s"})["snapshot"]
    assert (snapshot["size_gigabytes"], snapshot["min_disk_size"]) == (0, 100)


def test_a_global_load_balancer_has_a_cdn_if_it_is_asked_for(client: Client) -> None:
    wanted = {"name": "a", "type": "GLOBAL", "glb_settings": {"target_protocol": "http", "target_port": 80}}
    made = client.post("/v2/load_balancers", wanted, status=202)["load_balancer"]
    assert "cdn" not in made["glb_settings"]


def test_a_udp_load_balancer_has_the_default_check(client: Client) -> None:
    rule = {"entry_protocol": "udp", "entry_port": 53, "target_protocol": "udp", "target_port": 53}
    made = client.post("/v2/load_balancers", {"name": "a", "region": "nyc3", "forwarding_rules": [rule]}, status=202)
    assert made["load_balancer"]["health_check"]["protocol"] == "http"


def test_subnets_are_not_simulated(client: Client) -> None:
    vpc = client.get("/v2/vpcs")["vpcs"][0]
    assert client.call("GET", f"/v2/vpcs/{vpc['id']}/subnets").status == 501


def test_the_catalog_has_images_as_the_provider_reads_them(client: Client) -> None:
    image = client.get("/v2/images/ubuntu-22-04-x64")["image"]
    assert (image["min_disk_size"], image["type"], image["distribution"]) == (7, "snapshot", "Ubuntu")


# -- other programs


def test_unknown_ssh_keys_are_named(client: Client) -> None:
    wanted = {"name": "a", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "ssh_keys": [7, "aa:bb"]}
    answer = client.call("POST", "/v2/droplets", wanted)
    assert refusal(answer) == (422, "7, aa:bb are invalid key identifiers for Droplet creation.")


@pytest.mark.parametrize(
    "public_key",
    [
        "hello d29ybGQ=",
        "ssh-rsa d29ybGQ=",
        "ssh-rsa",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----",
        KEY.replace("ssh-rsa", "ssh-ed25519", 1),
    ],
)
def test_what_is_no_public_key_is_refused(client: Client, public_key: str) -> None:
    answer = client.call("POST", "/v2/account/keys", {"name": "a", "public_key": public_key})
    assert refusal(answer) == (422, "Key invalid, key should be of a supported type")
    assert client.post("/v2/account/keys", {"name": "a", "public_key": KEY})["ssh_key"]["public_key"] == KEY


def test_a_certificate_without_alternative_names_lists_its_common_name(client: Client) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.com")])
    now = datetime(2026, 3, 1, tzinfo=UTC)
    leaf = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    sent = {"private_key": private.decode(), "leaf_certificate": leaf.public_bytes(pem).decode()}
    made = client.post("/v2/certificates", {"name": "a", "type": "custom", **sent})["certificate"]
    assert made["dns_names"] == ["www.example.com"]


def test_firewalls_and_load_balancers_have_limits(simulate: Simulate) -> None:
    client = simulate(firewall_droplet_limit=1, firewall_tag_limit=1, firewall_rule_limit=1, load_balancer_rule_limit=1)
    droplets = [client.create(name)["id"] for name in ("a", "b")]
    for tag in ("x", "y"):
        client.post("/v2/tags", {"name": tag})
    rules = [{"protocol": "tcp", "ports": str(port), "sources": {"addresses": ["0.0.0.0/0"]}} for port in (22, 80)]
    wanted = {"name": "web", "inbound_rules": rules[:1]}
    for more in ({"droplet_ids": droplets}, {"tags": ["x", "y"]}, {"inbound_rules": rules}):
        assert client.call("POST", "/v2/firewalls", {**wanted, **more}).status == 422
    made = client.post("/v2/firewalls", {**wanted, "droplet_ids": droplets[:1], "tags": ["x"]}, status=202)["firewall"]
    path = f"/v2/firewalls/{made['id']}"
    assert client.call("POST", f"{path}/droplets", {"droplet_ids": droplets[1:]}).status == 422
    assert client.call("POST", f"{path}/tags", {"tags": ["y"]}).status == 422
    assert client.call("POST", f"{path}/rules", {"inbound_rules": rules[1:]}).status == 422
    assert client.get(path)["firewall"]["inbound_rules"] == made["inbound_rules"]
    ports = [{"entry_protocol": "tcp", "entry_port": n, "target_protocol": "tcp", "target_port": n} for n in (1, 2)]
    balancer = {"name": "a", "region": "nyc3", "forwarding_rules": ports}
    assert client.call("POST", "/v2/load_balancers", balancer).status == 422


def test_load_balancer_takes_few_droplets_by_id_where_limited(simulate: Simulate) -> None:
    clock = ManualClock(START)
    client = simulate(clock, load_balancer_droplet_limit=1)
    droplets = [client.create(name)["id"] for name in ("a", "b")]
    rule = {"entry_protocol": "tcp", "entry_port": 1, "target_protocol": "tcp", "target_port": 1}
    balancer = {"name": "a", "region": "nyc3", "forwarding_rules": [rule], "droplet_ids": droplets}
    refusal = client.call("POST", "/v2/load_balancers", balancer)
    assert (refusal.status, refusal.headers["x-doboto-sim-setting"]) == (422, "load_balancer_droplet_limit")
    made = client.post("/v2/load_balancers", {**balancer, "droplet_ids": droplets[:1]}, status=202)["load_balancer"]
    clock.advance(60)
    path = f"/v2/load_balancers/{made['id']}/droplets"
    assert client.call("POST", path, {"droplet_ids": droplets[1:]}).status == 422
    assert client.call("DELETE", path, {"droplet_ids": droplets[:1]}).status == 204
    assert client.call("POST", path, {"droplet_ids": droplets[1:]}).status == 204


def test_a_usage_based_backup_plan_passes(client: Client, clock: ManualClock) -> None:
    policy = {"plan": "intra_daily_4h", "hour": 0, "window_length_hours": 4, "retention_period_days": 7}
    droplet = client.create_active(backups=True, backup_policy=policy)
    path = f"/v2/droplets/{droplet['id']}"
    assert client.get(f"{path}/backups/policy")["policy"]["backup_policy"] == policy
    clock.advance(24 * 3600)
    assert len(client.get(f"{path}/backups")["backups"]) == 6


@pytest.mark.parametrize("sent", ["2001:DB8::0001", "2001:0db8:0000:0000:0000:0000:0000:0001"])
def test_ipv6_data_is_normalised(client: Client, sent: str) -> None:
    client.post("/v2/domains", {"name": "example.com"})
    made = client.post("/v2/domains/example.com/records", {"type": "AAAA", "name": "@", "data": sent})
    assert made["domain_record"]["data"] == "2001:db8::1"


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [("@", "x" * 510, 201), ("@", "x" * 511, 422), ("@", '"' * 256, 422), ("*", "x", 422), ("a-*.b", "x", 422)],
)
def test_txt_records_have_limits(client: Client, name: str, data: str, status: int) -> None:
    client.post("/v2/domains", {"name": "example.com"})
    answer = client.call("POST", "/v2/domains/example.com/records", {"type": "TXT", "name": name, "data": data})
    assert answer.status == status


def test_volume_snapshots_have_names_and_a_rate(client: Client, clock: ManualClock) -> None:
    volume = client.post("/v2/volumes", {"name": "data", "region": "nyc3", "size_gigabytes": 1})["volume"]
    path = f"/v2/volumes/{volume['id']}/snapshots"
    client.post(path, {"name": "one"})
    assert client.call("POST", path, {"name": "one"}).status == 409
    assert client.call("POST", path, {"name": "two"}).status == 429
    clock.advance(600)
    client.post(path, {"name": "two"})


def test_capacity_limits_volumes_snapshots_and_resizes(simulate: Simulate) -> None:
    client = simulate(volume_capacity=10)
    volume = client.post("/v2/volumes", {"name": "data", "region": "nyc3", "size_gigabytes": 8})["volume"]
    more = client.call("POST", "/v2/volumes", {"name": "more", "region": "nyc3", "size_gigabytes": 3})
    assert refusal(more) == (403, "failed to create volume: volume/snapshot capacity limit exceeded")
    path = f"/v2/volumes/{volume['id']}/actions"
    resized = client.call("POST", path, {"type": "resize", "size_gigabytes": 11})
    assert refusal(resized) == (403, "failed to resize volume: volume/snapshot capacity limit exceeded")
    assert client.call("POST", path, {"type": "resize", "size_gigabytes": 10}).status == 202


def test_presets_are_settings() -> None:
    assert Settings.preset("new-account").droplet_limit == 10
    assert Settings.preset("in-use", droplet_limit=7).droplet_limit == 7
    assert Settings.preset("large").default_vpc_prefix == 16
    with pytest.raises(ValueError, match="new-account, in-use, large"):
        Settings.preset("huge")  # type: ignore[arg-type]
