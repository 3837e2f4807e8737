"""An archive on disk: homes, generations, the catalog, and the archive that is opened."""
