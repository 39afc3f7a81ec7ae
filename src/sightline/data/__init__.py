"""What flows between the rooms: small frozen dataclasses, checked once at the door."""
