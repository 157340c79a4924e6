"""What is said to a learner about each task, and to whoever marks a class: one page, one table."""
