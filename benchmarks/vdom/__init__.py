"""What the ops weigh and what parsing and comparing cost."""
