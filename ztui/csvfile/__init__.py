"""The file data path: detection, index, reading, checking, packing. Knows nothing of Zoho."""
