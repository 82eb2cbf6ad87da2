"""llama.cpp's generation from a GGUF file, asked for one text at a time, so that it can be measured by turns with others.

Reads one JSON request a line and answers each with one line:
  {"op": "versions"} → {"llamaCpp"}
  {"op": "load", "file", "threads"} → {"ok": true}
  {"op": "generate", "tokenIds": […], "nTokens"} → {"seconds", "tokenIds"}: greedy, with its cache
A request that fails is answered with {"error": …}.
"""

import json
import sys
import time

import llama_cpp

model = None


def generate(request):
    model.reset()
    written = []
    began = time.perf_counter()
    for token in model.generate(request["tokenIds"], temp=0.0, top_k=1, repeat_penalty=1.0):
        written.append(int(token))
        if len(written) == request["nTokens"]:
            break
    return {"seconds": time.perf_counter() - began, "tokenIds": written}


for line in sys.stdin:
    try:
        request = json.loads(line)
        if request["op"] == "versions":
            answer = {"llamaCpp": llama_cpp.__version__}
        elif request["op"] == "load":
            threads = request["threads"]
            model = llama_cpp.Llama(
                request["file"], n_ctx=512, n_threads=threads, n_threads_batch=threads, verbose=False
            )
            answer = {"ok": True}
        else:
            answer = generate(request)
    except Exception as error:  # a setting that does not run here is a result
        answer = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
    print(json.dumps(answer), flush=True)
