"""What an event costs the server, against a bare Channels consumer in the same run."""
