"""The training session as pages: one for the big screen, one for the phones of each team."""

from scanner.web.training.serving import Trainer, serve_training

__all__ = ["Trainer", "serve_training"]
