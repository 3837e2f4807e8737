"""Rules of Chinese official text that several stages share."""
