"""What every engine answers alike: results and similar passages, made from its Backend."""
