"""Load balancers: what a request orders, which Droplets get the traffic, and how they come to be active."""
