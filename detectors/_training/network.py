"""The network that is trained: MiniLM's layers with a head that marks words and one that marks texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from detectors import _packed

WIDTH, HEADS, WIDE, LAYERS = 384, 12, 1536, 6
EPSILON = 1e-12
ANSWERS = 2
"""Per check: is it a case at all, and is it one to be said rather than asked."""


class Layer(nn.Module):
    """One transformer layer as BERT has it."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.first_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.widen = nn.Linear(WIDTH, WIDE)
        self.narrow = nn.Linear(WIDE, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.dropout = dropout

    def forward(self, x: Tensor, blocked: Tensor | None) -> Tensor:
        parts = self.query_key_value(x).view(x.shape[0], -1, 3, HEADS, WIDTH // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        weights = query @ key.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5
        if blocked is not None:
            weights = weights.masked_fill(blocked, -1e4)
        seen = (torch.softmax(weights, -1) @ value).transpose(1, 2).reshape(x.shape[0], -1, WIDTH)
        x = self.first_norm(x + F.dropout(self.out(seen), self.dropout, self.training))
        wide = self.narrow(F.gelu(self.widen(x)))
        return self.last_norm(x + F.dropout(wide, self.dropout, self.training))


class Network(nn.Module):
    """Summed vectors of a window in; per token and per text, for each check, two logits out."""

    def __init__(self, checks: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.checks = checks
        self.dropout = dropout
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.words = nn.Linear(WIDTH, checks * ANSWERS)
        self.text = nn.Linear(2 * WIDTH, checks * ANSWERS)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        x = F.dropout(self.norm(x), self.dropout, self.training)
        blocked = None if mask is None else ~mask[:, None, None, :]
        for layer in self.layers:
            x = layer(x, blocked)
        x = F.dropout(x, self.dropout, self.training)
        if mask is None:
            mean = x.mean(1)
        else:
            kept = mask[..., None].to(x.dtype)
            mean = (x * kept).sum(1) / kept.sum(1)
        words = self.words(x).view(x.shape[0], -1, self.checks, ANSWERS)
        text = self.text(torch.cat([x[:, 0], mean], -1)).view(x.shape[0], self.checks, ANSWERS)
        return words, text


def from_minilm(network: Network) -> None:
    """Start from the packaged weights, whose matrices stand in the file in the order of the layers."""
    stored: dict[str, Any] = dict(_packed.arrays())
    matrices = iter(
        _tensor(stored[name] * stored[f"{name[:-2]}_scale"]).T
        for name in stored
        if name.endswith("_q") and "embeddings" not in name
    )
    _fill(network.norm, stored, "inner.embeddings.LayerNorm")
    for number, layer in enumerate(network.layers):
        inner = f"inner.encoder.layer.{number}."
        layer.query_key_value.weight.data = torch.cat([next(matrices) for _ in range(3)]).contiguous()
        layer.query_key_value.bias.data = torch.cat(
            [_tensor(stored[f"{inner}attention.self.{name}.bias"]) for name in ("query", "key", "value")]
        )
        for module, name in (
            (layer.out, "attention.output.dense"),
            (layer.widen, "intermediate.dense"),
            (layer.narrow, "output.dense"),
        ):
            module.weight.data = next(matrices).contiguous()
            module.bias.data = _tensor(stored[f"{inner}{name}.bias"])
        _fill(layer.first_norm, stored, f"{inner}attention.output.LayerNorm")
        _fill(layer.last_norm, stored, f"{inner}output.LayerNorm")


def _fill(norm: nn.Module, stored: dict[str, Any], name: str) -> None:
    norm.weight.data = _tensor(stored[f"{name}.weight"])
    norm.bias.data = _tensor(stored[f"{name}.bias"])


def _tensor(values: Any) -> Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float32))
