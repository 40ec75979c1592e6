"""The one place of Zoho knowledge, as data: codes, limits, data centres, field types, scopes."""
