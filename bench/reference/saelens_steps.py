"""SAELens' own training steps, asked for one at a time, so that they can be measured by turns with others.

Reads one JSON request a line and answers each with one line:
  {"op": "create", "id": …, "architecture", "dModel", "nLatents", "k", "prefixes", "coefficient", "rows", "sparse", "device"} → {"ok": true}
  {"op": "step", "id": …} → {"seconds": …}, of one whole SAETrainer._train_step
  {"op": "versions"} → {"saelens", "torch", "threads", "gpu"}, gpu the name of the one that torch sees, or null
  {"op": "drop", "id": …} → {"ok": true}
A request that fails is answered with {"error": …}.
`rows` names a file of float32 rows, the batch. SAELens' defaults otherwise, in float32.
"""

import json
import logging
import os
import sys
import time
from importlib.metadata import version

import torch
from sae_lens.config import LoggingConfig, SAETrainerConfig
from sae_lens.saes.batchtopk_sae import BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig
from sae_lens.saes.gated_sae import GatedTrainingSAE, GatedTrainingSAEConfig
from sae_lens.saes.jumprelu_sae import JumpReLUTrainingSAE, JumpReLUTrainingSAEConfig
from sae_lens.saes.matryoshka_batchtopk_sae import (
    MatryoshkaBatchTopKTrainingSAE,
    MatryoshkaBatchTopKTrainingSAEConfig,
)
from sae_lens.saes.standard_sae import StandardTrainingSAE, StandardTrainingSAEConfig
from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig
from sae_lens.training.sae_trainer import SAETrainer

logging.disable(logging.WARNING)


def make_sae(request):
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
            return JumpReLUTrainingSAE(JumpReLUTrainingSAEConfig(**common, l0_coefficient=request["coefficient"]))
        case "gated":
            return GatedTrainingSAE(GatedTrainingSAEConfig(**common, l1_coefficient=request["coefficient"]))
        case "standard":
            return StandardTrainingSAE(StandardTrainingSAEConfig(**common, l1_coefficient=request["coefficient"]))
    raise ValueError(f"unknown architecture {request['architecture']}")


class Training:
    def __init__(self, request):
        torch.manual_seed(1)
        self.rows = torch.from_file(request["rows"], size=os.path.getsize(request["rows"]) // 4).clone()
        self.device = request["device"]
        self.rows = self.rows.reshape(-1, request["dModel"]).to(self.device)
        batch_size = len(self.rows)
        config = SAETrainerConfig(
            n_checkpoints=0, checkpoint_path=None, save_final_checkpoint=False, total_training_samples=10_000 * batch_size,
            device=self.device, autocast=False, lr=3e-4, lr_end=3e-5, lr_scheduler_name="constant", lr_warm_up_steps=0,
            adam_beta1=0.9, adam_beta2=0.999, lr_decay_steps=0, n_restart_cycles=1, train_batch_size_samples=batch_size,
            dead_feature_window=1000, feature_sampling_window=2000, logger=LoggingConfig(log_to_wandb=False),
        )
        self.sae = make_sae(request).to(self.device)
        self.trainer = SAETrainer(cfg=config, sae=self.sae, data_provider=iter(()))

    def step(self):
        began = time.perf_counter()
        output = self.trainer._train_step(self.sae, self.rows)
        output.loss.item()
        if self.device == "cuda":
            torch.cuda.synchronize()
        self.trainer.n_training_steps += 1
        return time.perf_counter() - began


def answer_to(request, trainings):
    if request["op"] == "create":
        trainings[request["id"]] = Training(request)
        return {"ok": True}
    if request["op"] == "step":
        return {"seconds": trainings[request["id"]].step()}
    if request["op"] == "drop":
        del trainings[request["id"]]
        return {"ok": True}
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {"saelens": version("sae-lens"), "torch": torch.__version__, "threads": torch.get_num_threads(), "gpu": gpu}


trainings = {}
for line in sys.stdin:
    try:
        answer = answer_to(json.loads(line), trainings)
    except Exception as error:  # a setting that does not run here is a result
        answer = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
    print(json.dumps(answer), flush=True)
