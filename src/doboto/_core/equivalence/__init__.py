"""What means the same in different spellings: resources, DNS records, networks."""
