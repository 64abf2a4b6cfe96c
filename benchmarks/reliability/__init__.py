"""What survives: real servers that are killed, stopped and changed under pages that go on."""
