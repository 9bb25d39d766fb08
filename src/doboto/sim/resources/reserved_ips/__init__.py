"""Reserved IPs (IPv4, formerly floating IPs) and reserved IPv6 addresses."""
