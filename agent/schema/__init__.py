"""The domain as frozen pydantic models: no behaviour beyond derivation, every time in UTC."""
