"""What Droplets do all day, as metrics; and the alert policies about it."""
