"""What is kept, and how one asks for it."""
