"""Which account a command uses: contexts, the keyring, the client, the simulated account of this machine."""
