"""What the core needs of the store, a module for each port: `Store` holds them all."""
