"""What each subcommand does; loaded only when it is asked for."""
