"""What is measured, apart from the tests: run by make."""
