"""What a user does with their own account."""
