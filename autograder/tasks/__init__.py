"""The open checks of the course, one file for each module; see docs/how-to/write-a-module.md."""
