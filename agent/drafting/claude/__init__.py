"""The drafter that lets Claude word what code computed, and holds every word to the evidence."""
