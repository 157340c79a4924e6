"""The course: its syllabus, its lessons, and the plumbing that turns them into notebooks."""
