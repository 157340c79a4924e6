"""The reference pages of `docs/`, made from the code: parameters, decisions, frames."""
