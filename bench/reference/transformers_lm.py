"""transformers' own passes over a GGUF model in float32, asked for one at a time, so that they can be measured by turns with others.

Reads one JSON request a line and answers each with one line:
  {"op": "versions"} → {"transformers", "torch", "threads"}
  {"op": "load", "file", "attention": "sdpa" | "eager", "compiled": bool} → {"ok": true}
  {"op": "forward", "tokenIds": [[…]], "blocks": how many of them run} → {"seconds"}: hidden states, no logits
  {"op": "generate", "tokenIds": […], "nTokens"} → {"seconds", "tokenIds"}: greedy, with its cache
A request that fails is answered with {"error": …}.
"""

import json
import os
import sys
import time

import torch
import transformers
from transformers import AutoModelForCausalLM

transformers.logging.set_verbosity_error()


class Peer:
    def __init__(self, request):
        directory, name = os.path.split(request["file"])
        self.model = AutoModelForCausalLM.from_pretrained(
            directory, gguf_file=name, dtype=torch.float32, attn_implementation=request["attention"]
        ).eval()
        self.layers = self.model.model.layers
        self.compiled = request["compiled"]
        self.stacks = {}

    def stack(self, blocks):
        """The model's body with its first blocks alone; compiled once for each number of them."""
        self.model.model.layers = self.layers[:blocks]
        if not self.compiled:
            return self.model.model
        if blocks not in self.stacks:
            self.stacks[blocks] = torch.compile(self.model.model)
        return self.stacks[blocks]

    def forward(self, request):
        token_ids = torch.tensor(request["tokenIds"])
        body = self.stack(request["blocks"])
        with torch.inference_mode():
            began = time.perf_counter()
            body(token_ids, use_cache=False)
            return {"seconds": time.perf_counter() - began}

    def generate(self, request):
        self.stack(len(self.layers))
        token_ids = torch.tensor([request["tokenIds"]])
        n_tokens = request["nTokens"]
        with torch.inference_mode():
            began = time.perf_counter()
            text = self.model.generate(
                token_ids,
                attention_mask=torch.ones_like(token_ids),
                do_sample=False,
                min_new_tokens=n_tokens,
                max_new_tokens=n_tokens,
                pad_token_id=0,
            )
            seconds = time.perf_counter() - began
        return {"seconds": seconds, "tokenIds": text[0, token_ids.shape[1] :].tolist()}


peer = None
for line in sys.stdin:
    try:
        request = json.loads(line)
        if request["op"] == "versions":
            answer = {
                "transformers": transformers.__version__,
                "torch": torch.__version__,
                "threads": torch.get_num_threads(),
            }
        elif request["op"] == "load":
            peer = Peer(request)
            answer = {"ok": True}
        else:
            answer = getattr(peer, request["op"])(request)
    except Exception as error:  # a setting that does not run here is a result
        answer = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
    print(json.dumps(answer), flush=True)
