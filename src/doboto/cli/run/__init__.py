"""From a command line to calls: names and slugs, questions, dry runs, several targets, resuming."""
