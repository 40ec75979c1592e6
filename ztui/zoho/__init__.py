"""HTTP to Zoho, async; the only importer of httpx. pydantic models live at this border."""
