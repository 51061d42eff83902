"""What people can type, one module a command, one registry for every platform."""
