"""1-Click applications."""

from __future__ import annotations

from .client import Client


def test_one_clicks_are_listed_by_type(client: Client) -> None:
    everything = client.get("/v2/1-clicks")["1_clicks"]
    by_type = [client.get(f"/v2/1-clicks?type={type}")["1_clicks"] for type in ("droplet", "kubernetes")]
    assert all(by_type)
    assert sorted(entry["slug"] for entry in everything) == sorted(entry["slug"] for one in by_type for entry in one)
    assert client.call("GET", "/v2/1-clicks?type=functions").status == 422


def test_there_is_no_cluster_to_install_on(client: Client) -> None:
    body = {"addon_slugs": ["loki"], "cluster_uuid": "50a994b6-c303-438f-9495-7e896cfe6b08"}
    assert client.call("POST", "/v2/1-clicks/kubernetes", body).status == 404
    for wrong in ({}, {**body, "addon_slugs": "loki"}, {**body, "cluster_uuid": 1}):
        assert client.call("POST", "/v2/1-clicks/kubernetes", wrong).status == 422
