"""The training session: made-up staff with known lessons, their site, and the pack around it."""

from scanner.training.cast import Cast, Member, Plant, cast

__all__ = ["Cast", "Member", "Plant", "cast"]
