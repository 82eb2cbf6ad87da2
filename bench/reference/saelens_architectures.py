"""SAELens' training SAEs of every architecture, by our names and fields."""

from sae_lens.saes.batchtopk_sae import BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig
from sae_lens.saes.gated_sae import GatedTrainingSAE, GatedTrainingSAEConfig
from sae_lens.saes.jumprelu_sae import JumpReLUTrainingSAE, JumpReLUTrainingSAEConfig
from sae_lens.saes.matryoshka_batchtopk_sae import (
    MatryoshkaBatchTopKTrainingSAE,
    MatryoshkaBatchTopKTrainingSAEConfig,
)
from sae_lens.saes.standard_sae import StandardTrainingSAE, StandardTrainingSAEConfig
from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig


def make_training_sae(request):
    """request: architecture, dModel, nLatents, device, and of k, prefixes, coefficient, sparsityLoss, targetL0 and sparse what the architecture needs."""
    common = dict(d_in=request["dModel"], d_sae=request["nLatents"], dtype="float32", device=request["device"])
    match request["architecture"]:
        case "topk":
            return TopKTrainingSAE(
                TopKTrainingSAEConfig(**common, k=request["k"], use_sparse_activations=request["sparse"])
            )
        case "batchtopk":
            return BatchTopKTrainingSAE(BatchTopKTrainingSAEConfig(**common, k=request["k"]))
        case "matryoshka":
            return MatryoshkaBatchTopKTrainingSAE(
                MatryoshkaBatchTopKTrainingSAEConfig(**common, k=request["k"], matryoshka_widths=request["prefixes"])
            )
        case "jumprelu":
            penalty = dict(jumprelu_sparsity_loss_mode=request.get("sparsityLoss", "step"), target_l0=request.get("targetL0"))
            return JumpReLUTrainingSAE(
                JumpReLUTrainingSAEConfig(**common, l0_coefficient=request["coefficient"], **penalty)
            )
        case "gated":
            return GatedTrainingSAE(GatedTrainingSAEConfig(**common, l1_coefficient=request["coefficient"]))
        case "standard":
            return StandardTrainingSAE(StandardTrainingSAEConfig(**common, l1_coefficient=request["coefficient"]))
    raise ValueError(f"unknown architecture {request['architecture']}")
