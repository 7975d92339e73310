"""What asks for a second look."""
