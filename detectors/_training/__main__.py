"""`python -m detectors._training`: train on the training part, choose on the tuning part, write the model."""

from __future__ import annotations

import argparse
import copy
import gzip
import math
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name

from detectors._meaning import COLUMNS, MODEL
from detectors._training.export import write
from detectors._training.network import LAYERS, Network, from_minilm
from detectors._training.pin import pin
from detectors._training.samples import Source, batches, flat, samples, sources, stacked

EPOCHS = 8
BATCH = 32
RATE = 1.5e-4
HEAD_RATE = 10
LAYER_DECAY = 0.9
WEIGHT_DECAY = 0.01
WARM_UP = 0.1
WEIGHT_OF_CASES = 2.0
"""How much more a missed token or text counts than a false one."""
QUIET_SHARE = 0.6
"""The share of texts without a mark that one epoch sees."""
NOISY_SHARE = 0.5
AVERAGED = 0.99


def main(arguments: Sequence[str] | None = None) -> None:
    """Train once per seed, average the weights of all runs, and write the model."""
    parser = argparse.ArgumentParser(prog="python -m detectors._training", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("data/models/text"))
    parser.add_argument("--runs", type=Path, default=Path("build/runs"), help="where finished runs are kept")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    learned = sources("train")
    say(f"{len(learned)} texts to learn from, {sum(bool(s.case.labels) for s in learned)} with marks")
    runs = [_run(learned, seed, options.epochs, options.runs / f"{seed}.pt") for seed in options.seeds]
    network = Network(COLUMNS)
    network.load_state_dict({name: torch.stack([run[name] for run in runs]).mean(0) for name in runs[0]})
    plain, made = options.out / "meaning.onnx", options.out / "meaning.onnx.gz"
    write(network.eval(), plain)
    made.write_bytes(gzip.compress(plain.read_bytes(), 9, mtime=0))
    plain.unlink()
    pin(MODEL, made)


def _run(learned: Sequence[Source], seed: int, epochs: int, kept: Path) -> dict[str, Tensor]:
    """A run's weights: those kept from before if there are any."""
    if not kept.exists():
        weights = train(learned, seed, epochs)
        kept.parent.mkdir(parents=True, exist_ok=True)
        torch.save(weights, kept)
    loaded: dict[str, Tensor] = torch.load(kept)
    return loaded


def train(learned: Sequence[Source], seed: int, epochs: int) -> dict[str, Tensor]:
    """The averaged weights of one run."""
    torch.manual_seed(0)  # every run begins with the same heads, so that their weights can be averaged
    noise = random.Random(seed)  # noqa: S311 - repeatable on purpose
    network = Network(COLUMNS)
    from_minilm(network)
    torch.manual_seed(seed)
    averaged = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(_groups(network), betas=(0.9, 0.98), eps=1e-6)
    plain = [samples(source) for source in learned]
    marked = sum(bool(source.case.labels) for source in learned)
    total = math.ceil(epochs * (marked + QUIET_SHARE * (len(learned) - marked)) / BATCH)
    done = 0
    for epoch in range(epochs):
        started, losses = time.perf_counter(), []
        network.train()
        chosen = flat(
            samples(source, noise) if noise.random() < NOISY_SHARE else plain[number]
            for number, source in enumerate(learned)
            if source.case.labels or noise.random() < QUIET_SHARE
        )
        for group in batches(chosen, BATCH, noise):
            pace = min(1, done / (WARM_UP * total)) * max(0.01, 1 - done / total)
            for setting in optimizer.param_groups:
                setting["lr"] = setting["full"] * pace
            loss = _loss(network, *stacked(group))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            done += 1
            _average(averaged, network, min(AVERAGED, done / (done + 10)))
            losses.append(loss.item())
        say(f"seed {seed} epoch {epoch} loss {np.mean(losses):.3f} in {time.perf_counter() - started:.0f} s")
    weights: dict[str, Tensor] = averaged.state_dict()
    return weights


def _loss(
    network: Network,
    vectors: Tensor,
    mask: Tensor,
    words: Tensor,
    text: Tensor,
    known: Tensor,
    counting: Tensor,
) -> Tensor:
    weight = torch.tensor(WEIGHT_OF_CASES)
    with torch.autocast("cpu", torch.bfloat16):
        of_words, of_text = network(vectors, mask)
    by_word = F.binary_cross_entropy_with_logits(of_words.float(), words, pos_weight=weight, reduction="none")
    by_word = by_word * known[:, None, :, None] * counting[:, :, None, None]
    by_text = F.binary_cross_entropy_with_logits(of_text.float(), text, pos_weight=weight, reduction="none")
    per_window = by_word.sum((1, 2, 3)) / counting.sum(1).clamp(min=8)
    return 2 * per_window.mean() + 0.5 * (by_text * known[:, :, None]).sum((1, 2)).mean()


def _groups(network: Network) -> list[dict[str, object]]:
    """Parameters with their pace: heads fast, lower layers slower, the lowest layer not at all."""
    groups: list[dict[str, object]] = []
    for name, parameter in network.named_parameters():
        place = (
            int(name.split(".")[1])
            if name.startswith("layers.")
            else -1
            if name.startswith("norm")
            else LAYERS
        )
        if place <= 0:
            parameter.requires_grad = False
            continue
        full = RATE * HEAD_RATE if place == LAYERS else RATE * LAYER_DECAY ** (LAYERS - 1 - place)
        decay = 0.0 if name.endswith("bias") or "norm" in name else WEIGHT_DECAY
        groups.append({"params": [parameter], "lr": full, "full": full, "weight_decay": decay})
    return groups


def _average(averaged: Network, network: Network, keep: float) -> None:
    with torch.no_grad():
        for mine, new in zip(averaged.parameters(), network.parameters(), strict=True):
            mine.lerp_(new, 1 - keep)


def say(line: str) -> None:
    """Progress goes to standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
