"""What every simulated resource is built on: accounts, records, the clock, scheduled events, settings, errors."""
