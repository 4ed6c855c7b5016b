"""Support contacts: from where they are into the store, once each, without personal data."""
