"""The version, in one place: the build reads it here."""

VERSION = "1.0.0.dev0"
