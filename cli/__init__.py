"""The command `trinity`: a thin floor above everything else, one file per noun."""
