"""Collections and text that stream into a djust live view."""
