"""Five training steps of SAELens 6.54.12's own training SAEs, as golden values for the preset `saelens`.

The losses, selections and AuxK are SAELens' (StandardTrainingSAE, TopKTrainingSAE); the loop around them repeats
SAETrainer._train_step: dead mask before the step, clip_grad_norm_ to 1, Adam. The same format as five_steps.py.

    pip install sae-lens==6.54.12
    python saelens_five_steps.py > saelens-five-steps.golden.json
"""

import json

import torch
from sae_lens.saes.sae import TrainStepInput
from sae_lens.saes.standard_sae import StandardTrainingSAE, StandardTrainingSAEConfig
from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig

D_MODEL, N_LATENTS, BATCH, STEPS, K = 6, 14, 8, 5, 3
LEARNING_RATE, L1, DEAD_AFTER_STEPS = 0.02, 0.4, 2

SHARED = dict(preset="saelens", learningRate=LEARNING_RATE, learningRateWarmUpSteps=0, learningRateDecaySteps=0,
              nSteps=STEPS, batchSize=BATCH, dModel=D_MODEL, nLatents=N_LATENTS, maxGradNorm=1.0, applyBDecToInput=True,
              # SAELens: dead when n_forward_passes_since_fired > window.
              deadAfterTokens=DEAD_AFTER_STEPS * BATCH + 1)
CASES = {
    "standard of SAELens": dict(architecture="standard", l1Coefficient=L1, sparsityWarmUpSteps=0),
    "topk of SAELens with AuxK": dict(architecture="topk", k=K, auxKCoefficient=1.0),
}


def make_sae(case):
    common = dict(d_in=D_MODEL, d_sae=N_LATENTS, dtype="float32", device="cpu", apply_b_dec_to_input=True,
                  normalize_activations="none")
    if case["architecture"] == "standard":
        return StandardTrainingSAE(StandardTrainingSAEConfig(**common, l1_coefficient=L1))
    return TopKTrainingSAE(TopKTrainingSAEConfig(**common, k=K, aux_loss_coefficient=1.0,
                                                 rescale_acts_by_decoder_norm=True))


def flat(tensor):
    return tensor.detach().double().reshape(-1).tolist()


def weights(sae):
    return {"encoder": flat(sae.W_enc.T), "decoder": flat(sae.W_dec), "bEnc": flat(sae.b_enc), "bDec": flat(sae.b_dec)}


def run(case, seed):
    generator = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(*shape, generator=generator)
    sae = make_sae(case)
    with torch.no_grad():
        sae.W_enc.copy_(draw(D_MODEL, N_LATENTS) * 0.5)
        sae.W_dec.copy_(draw(N_LATENTS, D_MODEL))
        sae.b_enc.copy_(draw(N_LATENTS) * 0.2)
        sae.b_dec.copy_(draw(D_MODEL) * 0.3)
    passes = torch.where(torch.rand(N_LATENTS, generator=generator) < 0.5, 5, 0)
    batches = [draw(BATCH, D_MODEL) * 1.5 + 0.5 for _ in range(STEPS)]
    golden = {
        "config": {**SHARED, **case},
        "initial": weights(sae),
        "tokensSinceFired": (passes * BATCH).double().tolist(),
        "rows": [flat(x) for x in batches],
        "steps": [],
    }
    optimizer = torch.optim.Adam(sae.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.999))
    sae.train()
    for x in batches:
        dead = passes > DEAD_AFTER_STEPS
        output = sae.training_forward_pass(TrainStepInput(
            sae_in=x, dead_neuron_mask=dead, coefficients={"l1": L1}, n_training_steps=0, is_logging_step=False))
        fires = output.feature_acts.to_dense() > 0 if output.feature_acts.is_sparse else output.feature_acts > 0
        passes = torch.where(fires.any(0), 0, passes + 1)
        optimizer.zero_grad()
        output.loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(sae.parameters(), 1.0)
        optimizer.step()
        aux = output.losses.get("auxiliary_reconstruction_loss", torch.tensor(0.0))
        golden["steps"].append({
            "loss": output.loss.item(), "auxLoss": aux.item(), "gradNorm": norm.item(), "learningRate": LEARNING_RATE,
            "nDead": int((passes > DEAD_AFTER_STEPS).sum()), "l0": fires.sum().item() / BATCH,
        })
    golden["final"] = weights(sae)
    return golden


print(json.dumps({name: run(case, seed) for seed, (name, case) in enumerate(CASES.items())}))
