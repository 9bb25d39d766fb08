"""VPC NAT gateways."""
