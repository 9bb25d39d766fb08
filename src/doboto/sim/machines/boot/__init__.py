"""What a machine does when it starts: the script that it runs, and user data that becomes a program."""
