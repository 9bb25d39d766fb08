"""What means the same in different spellings: firewall rules, DNS records, networks."""
