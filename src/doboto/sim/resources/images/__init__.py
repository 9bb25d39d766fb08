"""Images: public ones, snapshots, backups, custom images, and transfers between accounts."""
