"""What must survive: one store, its migrations, its SQL."""
