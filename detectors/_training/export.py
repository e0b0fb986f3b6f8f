"""The trained network as an ONNX file of 8-bit weights, each row with its own step."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from detectors._training.network import WIDTH, Network

EXAMPLE_LENGTH = 17
OPSET = 17


def write(network: Network, place: Path) -> None:
    """Write the network with probabilities for outputs: `words` per token, `text` per window."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exact = Path(folder) / "exact.onnx"
        torch.onnx.export(
            _Answering(network),
            (torch.randn(1, EXAMPLE_LENGTH, WIDTH),),
            str(exact),
            input_names=["x"],
            output_names=["words", "text"],
            dynamic_axes={"x": {1: "length"}, "words": {1: "length"}},
            opset_version=OPSET,
            dynamo=False,
        )
        # 7 of the 8 bits: older processors add two products in 16 bits, which would overflow
        quantize_dynamic(exact, place, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)


class _Answering(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        words, text = self.network(x)
        return torch.sigmoid(words), torch.sigmoid(text)
