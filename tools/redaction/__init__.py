"""What counts as a secret or as personal data: rules as data, and the checks that a pattern cannot make."""
