"""Who is here, in a djust live view."""
