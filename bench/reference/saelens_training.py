"""SAELens' own trainer on rows that it is given, so that dictionaries trained on the same data can be compared.

Reads one JSON request a line and answers each with one line:
  {"op": "versions"} → {"saelens", "torch", "threads"}
  {"op": "begin", "architecture", "dModel", "nLatents", "k", "prefixes", "coefficient", "sparsityLoss", "targetL0", "learningRate",
   "learningRateDecaySteps", "nSteps", "batchSize", "initial"} → {"ok": true}; `initial` names a safetensors file with `encoder` and `decoder` [nLatents, dModel]
  {"op": "train", "rows"} → {"seconds"}, in whole SAETrainer._train_step calls; `rows` names a file of float32 batches
  {"op": "end", "directory"} → {"ok": true}, after saving for inference
A request that fails is answered with {"error": …}.
"""

import json
import logging
import os
import sys
import time
from importlib.metadata import version

import torch
from safetensors.torch import load_file
from sae_lens.config import LoggingConfig, SAETrainerConfig
from sae_lens.training.sae_trainer import SAETrainer

from saelens_architectures import make_training_sae

logging.disable(logging.WARNING)


class Training:
    def __init__(self, request):
        self.batch_size = request["batchSize"]
        self.d_model = request["dModel"]
        sae = make_training_sae({**request, "device": "cpu", "sparse": False})
        initial = load_file(request["initial"])
        with torch.no_grad():
            sae.W_enc.copy_(initial["encoder"].T)
            sae.W_dec.copy_(initial["decoder"])
        config = SAETrainerConfig(
            n_checkpoints=0, checkpoint_path=None, save_final_checkpoint=False,
            total_training_samples=request["nSteps"] * self.batch_size, device="cpu", autocast=False, lr=request["learningRate"],
            lr_end=request["learningRate"] / 10, lr_scheduler_name="constant", lr_warm_up_steps=0,
            lr_decay_steps=request["learningRateDecaySteps"], adam_beta1=0.9, adam_beta2=0.999, n_restart_cycles=1,
            train_batch_size_samples=self.batch_size, dead_feature_window=1000, feature_sampling_window=2000,
            logger=LoggingConfig(log_to_wandb=False),
        )
        self.sae = sae
        self.trainer = SAETrainer(cfg=config, sae=sae, data_provider=iter(()))

    def train(self, file):
        rows = torch.from_file(file, size=os.path.getsize(file) // 4).clone().reshape(-1, self.batch_size, self.d_model)
        began = time.perf_counter()
        for batch in rows:
            self.trainer._train_step(self.sae, batch)
            self.trainer.n_training_steps += 1
        return time.perf_counter() - began


def answer_to(request):
    global training
    if request["op"] == "begin":
        training = Training(request)
        return {"ok": True}
    if request["op"] == "train":
        return {"seconds": training.train(request["rows"])}
    if request["op"] == "end":
        training.sae.save_inference_model(request["directory"])
        return {"ok": True}
    return {"saelens": version("sae-lens"), "torch": torch.__version__, "threads": torch.get_num_threads()}


training = None
for line in sys.stdin:
    try:
        answer = answer_to(json.loads(line))
    except Exception as error:  # an answer, so that the other side can say what went wrong
        answer = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
    print(json.dumps(answer), flush=True)
