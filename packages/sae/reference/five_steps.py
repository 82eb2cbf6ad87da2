"""Five training steps of four small dictionaries in float64, as golden values for the TypeScript trainer.

Independent of it: the losses are written from their definitions and differentiated by `autograd`; optimiser, clipping,
projection and dead-latent accounting are plain numpy. The `saelens` cases follow SAELens 6.54.12
(StandardTrainingSAE, TopKTrainingSAE, SAETrainer._train_step).

    pip install numpy autograd
    python five_steps.py > five-steps.golden.json
"""

import json

import autograd.numpy as np
from autograd import grad
import numpy

D_MODEL, N_LATENTS, BATCH, STEPS, K = 6, 14, 8, 5, 3
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

CASES = {
    "standard": dict(architecture="standard", preset="featurescope", l1Coefficient=0.4, sparsityWarmUpSteps=3,
                     deadAfterTokens=10**6),
    "topk with AuxK": dict(architecture="topk", preset="featurescope", k=K, deadAfterTokens=2 * BATCH,
                           auxKCoefficient=1 / 32),
    "standard of saelens": dict(architecture="standard", preset="saelens", l1Coefficient=0.4, sparsityWarmUpSteps=0,
                                deadAfterTokens=10**6),
    "topk of saelens with AuxK": dict(architecture="topk", preset="saelens", k=K, deadAfterTokens=2 * BATCH,
                                      auxKCoefficient=1.0),
}
SHARED = dict(learningRate=0.02, learningRateWarmUpSteps=2, learningRateDecaySteps=2, nSteps=STEPS, batchSize=BATCH,
              dModel=D_MODEL, nLatents=N_LATENTS, maxGradNorm=1.0, applyBDecToInput=True)


def single(values):
    """Rounded to float32, so that both sides start from the same numbers."""
    return numpy.asarray(values, dtype=numpy.float32).astype(numpy.float64)


def top_mask(key, k):
    order = numpy.argsort(-key, axis=1, kind="stable")[:, :k]
    mask = numpy.zeros_like(key)
    numpy.put_along_axis(mask, order, 1.0, axis=1)
    return mask


def norms_of(decoder):
    return np.sqrt(np.sum(decoder**2, axis=1))


def pre_acts(p, x):
    return (x - p["bDec"]) @ p["encoder"].T + p["bEnc"]


def variance(rows):
    return numpy.sum((rows - rows.mean(0)) ** 2)


def make_loss(case, x, p0, dead, sparsity):
    """The loss as a function of the parameters; selections and detached targets are constants taken at p0."""
    free = case["preset"] == "saelens"
    pre0 = pre_acts(p0, x)
    key = pre0 * norms_of(p0["decoder"]) if free else pre0
    if case["architecture"] == "standard":
        def loss(p):
            acts = np.maximum(pre_acts(p, x), 0)
            error = acts @ p["decoder"] + p["bDec"] - x
            size = acts * norms_of(p["decoder"]) if free else acts
            return np.sum(error**2) / BATCH + sparsity * np.sum(size) / BATCH

        return loss, pre0 > 0, lambda p: 0.0

    mask = top_mask(key, case["k"])
    residual = x - (numpy.maximum(pre0, 0) * mask) @ p0["decoder"] - p0["bDec"]
    half = D_MODEL // 2
    n_dead = int(dead.sum())
    aux_mask = top_mask(numpy.where(dead, key, -numpy.inf), min(half, n_dead)) if n_dead else numpy.zeros_like(key)

    def aux(p):
        if not n_dead:
            return 0.0
        difference = (pre_acts(p, x) * aux_mask) @ p["decoder"] - residual
        weight = min(n_dead / half, 1) / BATCH if free else 1 / variance(residual)
        return case["auxKCoefficient"] * weight * np.sum(difference**2)

    def loss(p):
        acts = np.maximum(pre_acts(p, x), 0) * mask
        error = acts @ p["decoder"] + p["bDec"] - x
        return np.sum(error**2) / (BATCH if free else variance(x)) + aux(p)

    return loss, (pre0 > 0) & (mask > 0), aux


def run(case, seed):
    rng = numpy.random.default_rng(seed)
    free = case["preset"] == "saelens"
    decoder = rng.normal(size=(N_LATENTS, D_MODEL))
    if not free:
        decoder /= numpy.linalg.norm(decoder, axis=1, keepdims=True)
    p = {
        "encoder": single(rng.normal(size=(N_LATENTS, D_MODEL)) * 0.5),
        "decoder": single(decoder),
        "bEnc": single(rng.normal(size=N_LATENTS) * 0.2),
        "bDec": single(rng.normal(size=D_MODEL) * 0.3),
    }
    # Some latents start dead; those that fire come back to life, others die on the way.
    since_fired = numpy.where(rng.random(N_LATENTS) < 0.5, 5 * BATCH, 0).astype(float)
    batches = [single(rng.normal(size=(BATCH, D_MODEL)) * 1.5 + 0.5) for _ in range(STEPS)]
    golden = {
        "config": {**SHARED, **{k: v for k, v in case.items() if v is not None}},
        "initial": {name: value.ravel().tolist() for name, value in p.items()},
        "tokensSinceFired": since_fired.tolist(),
        "rows": [x.ravel().tolist() for x in batches],
        "steps": [],
    }
    m = {name: numpy.zeros_like(value) for name, value in p.items()}
    v = {name: numpy.zeros_like(value) for name, value in p.items()}
    for t, x in enumerate(batches):
        warm = case.get("sparsityWarmUpSteps") or 0
        sparsity = case.get("l1Coefficient", 0) * (min(1, t / warm) if warm else 1)
        lr = SHARED["learningRate"] * min(1, (t + 1) / 2) * min(1, (STEPS - t) / 2)
        dead = since_fired >= case["deadAfterTokens"]
        loss, fires, aux = make_loss(case, x, p, dead, sparsity)
        g = grad(loss)(p)
        value, aux_value = float(loss(p)), float(aux(p))
        if not free:
            g["decoder"] = g["decoder"] - numpy.sum(g["decoder"] * p["decoder"], axis=1, keepdims=True) * p["decoder"]
        norm = float(numpy.sqrt(sum(numpy.sum(part**2) for part in g.values())))
        factor = min(1.0, SHARED["maxGradNorm"] / (norm + 1e-6))
        for name in p:
            part = g[name] * factor
            m[name] = ADAM["beta1"] * m[name] + (1 - ADAM["beta1"]) * part
            v[name] = ADAM["beta2"] * v[name] + (1 - ADAM["beta2"]) * part**2
            m_hat = m[name] / (1 - ADAM["beta1"] ** (t + 1))
            v_hat = v[name] / (1 - ADAM["beta2"] ** (t + 1))
            p[name] = p[name] - lr * m_hat / (numpy.sqrt(v_hat) + ADAM["epsilon"])
        if not free:
            p["decoder"] = p["decoder"] / numpy.linalg.norm(p["decoder"], axis=1, keepdims=True)
        since_fired = numpy.where(fires.any(0), 0, since_fired + BATCH)
        golden["steps"].append({
            "loss": value, "auxLoss": aux_value, "gradNorm": norm, "learningRate": lr,
            "nDead": int((since_fired >= case["deadAfterTokens"]).sum()), "l0": float(fires.sum() / BATCH),
        })
    golden["final"] = {name: value.ravel().tolist() for name, value in p.items()}
    return golden


print(json.dumps({name: run(case, seed) for seed, (name, case) in enumerate(CASES.items())}))
