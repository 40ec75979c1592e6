"""ztui: get a CSV into Zoho CRM from a terminal. Layers and their direction are described in the README."""

__version__ = "0.1.0"
