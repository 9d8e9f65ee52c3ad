"""National statistics: published tables and what is said about them, one module for each subject."""
