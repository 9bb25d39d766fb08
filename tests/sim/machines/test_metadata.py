"""The metadata of a Droplet, as a document and by path, and the server that a machine asks."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from doboto import DO
from doboto.sim import Simulator
from doboto.sim.machines.machine import Machine
from doboto.sim.machines.metadata import MetadataServer, MetadataService, Redirect, document, find

from .conftest import KEY, create


@pytest.fixture
def found(do: DO, sim: Simulator) -> Any:
    """The document of a Droplet with everything that metadata tells of."""
    key = do.ssh_key.create(name="me", public_key=KEY)
    droplet = create(do, ssh_keys=[key["id"]], user_data="#!/bin/sh\n", tags=["web", "blue"], ipv6=True)
    do.reserved_ip.create(droplet_id=droplet["id"])
    account = sim.account("simulated")
    while not account.store("reserved_ip").keys("droplet", droplet["id"]):
        do.droplet.info(droplet["id"])
    machine = Machine.of(account, account.get("droplet", droplet["id"]), "m")
    machine.hardware_addresses = {machine.address("public") or "": "02:00:00:00:00:01"}
    return document(account, machine)


def test_document_has_the_members_of_the_reference(found: Any) -> None:
    public, private = found["interfaces"]["public"][0], found["interfaces"]["private"][0]
    assert found["public_keys"] == [KEY]
    assert (found["region"], found["tags"], found["user_data"]) == ("nyc3", ["web", "blue"], "#!/bin/sh\n")
    assert public["ipv4"].keys() == private["ipv4"].keys() == {"ip_address", "netmask", "gateway"}
    assert (public["type"], public["mac"]) == ("public", "02:00:00:00:00:01")
    assert public["ipv6"]["cidr"] == 64
    assert "ipv6" not in private
    assert found["reserved_ip"]["ipv4"]["active"] is True


#: Of the reference's pages, https://docs.digitalocean.com/reference/api/metadata/
PATHS = {
    "/": "id\nhostname\nuser-data\nvendor-data\npublic-keys\nregion\ninterfaces/\ndns/\nfloating_ip/\nreserved_ip/\n"
    "tags/\nfeatures/",
    "/hostname": "web-1",
    "/public-keys": KEY,
    "/region": "nyc3",
    "/user-data": "#!/bin/sh\n",
    "/vendor-data": "",
    "/interfaces/": "public/\nprivate/",
    "/interfaces/public/": "0/",
    "/interfaces/public/0/": "ipv4/\nmac\ntype\nipv6/",
    "/interfaces/public/0/mac": "02:00:00:00:00:01",
    "/interfaces/private/0/type": "private",
    "/interfaces/public/0/ipv4/": "address\nnetmask\ngateway",
    "/interfaces/public/0/ipv6/cidr": "64",
    "/dns/": "nameservers",
    "/dns/nameservers": "2001:4860:4860::8844\n2001:4860:4860::8888\n8.8.8.8",
    "/floating_ip/ipv4/active": "true",
    "/reserved_ip/ipv4/": "active\nip_address",
    "/tags/": "web\nblue",
    "/tags": "web\nblue",
    "/features/dhcp_enabled": "false",
}


@pytest.mark.parametrize("path", PATHS)
def test_paths_of_the_reference_are_served(found: Any, path: str) -> None:
    assert find(found, f"/metadata/v1{path}") == PATHS[path]


def test_address_is_the_droplet_s(found: Any) -> None:
    address = found["interfaces"]["public"][0]["ipv4"]["ip_address"]
    assert find(found, "/metadata/v1/interfaces/public/0/ipv4/address") == address
    assert find(found, "/metadata/v1/id") == str(found["droplet_id"])
    assert find(found, "/metadata/v1.json") is found


@pytest.mark.parametrize(
    "path",
    ["/", "/metadata", "/metadata/v2", "/metadata/v1/x", "/metadata/v1/id/x", "/metadata/v1/interfaces/public/1"],
)
def test_other_paths_are_not_found(found: Any, path: str) -> None:
    with pytest.raises(LookupError):
        find(found, path)


@pytest.mark.parametrize("path", ["/metadata/v1", "/metadata/v1/interfaces", "/metadata/v1/interfaces/public/0/ipv4"])
def test_index_without_a_slash_is_redirected(found: Any, path: str) -> None:
    with pytest.raises(Redirect, match=f"^{path}/$"):
        find(found, path)


# -- the server


@pytest.fixture
def url() -> Iterator[str]:
    """A server that knows one machine, at 127.0.0.1."""

    def answer(address: str, path: str) -> Any:
        assert address == "127.0.0.1"
        if path == "/gone":
            raise LookupError(path)
        if path == "/index":
            raise Redirect("/index/")
        return {"a": 1} if path == "/json" else f"text of {path}"

    with MetadataServer(None, answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_texts_documents_and_redirects_are_sent(url: str) -> None:
    with urllib.request.urlopen(f"{url}/index?x=1", timeout=100) as response:
        assert response.read() == b"text of /index/"
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
    with urllib.request.urlopen(f"{url}/json", timeout=100) as response:
        assert (response.read(), response.headers["content-type"]) == (b'{"a": 1}', "application/json")
    request = urllib.request.Request(f"{url}/x", method="HEAD")
    with urllib.request.urlopen(request, timeout=100) as response:
        assert (response.read(), response.headers["content-length"]) == (b"", "10")


def test_what_is_not_there_is_404(url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{url}/gone", timeout=100)
    assert refused.value.code == 404
    refused.value.close()


def test_service_that_cannot_be_says_why(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def refuse() -> None:
        raise PermissionError(1, "unshare: Operation not permitted")

    monkeypatch.setattr("doboto.sim.machines.metadata.Namespace.new", refuse)
    service = MetadataService(lambda _: {})
    service.start()
    service.close()
    assert service.problem == "this user may not create network namespaces: unshare: Operation not permitted"
    assert "machines have no metadata service" in caplog.text
