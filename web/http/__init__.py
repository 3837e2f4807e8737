"""What every answer shares: headers, caching, errors, downloads."""
