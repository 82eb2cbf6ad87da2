"""Five training steps of SAELens 6.54.12's own training SAEs, as golden values for the preset `saelens`, and of the constrained
standard form in plain torch, which SAELens does not have.

Losses, selections, straight-through estimates and AuxK are SAELens' (its *TrainingSAE classes); the loop around them repeats
SAETrainer._train_step: dead mask before the step, clip_grad_norm_ to 1, Adam. About half of the latents count as dead at the start,
and where dead latents have a term of their own, two of fourteen stay so.
Of each step: the loss, the raw gradients, the positions [row * nLatents + latent] of the activations above 0. `saved` is what SAELens
writes for inference after folding an input scale of SCALE. A superset of the format of five_steps.py.

    pip install sae-lens==6.54.12 torch==2.15.0
    python saelens_five_steps.py > saelens-five-steps.golden.json
"""

import json

import torch
from sae_lens.saes.batchtopk_sae import BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig
from sae_lens.saes.gated_sae import GatedTrainingSAE, GatedTrainingSAEConfig
from sae_lens.saes.jumprelu_sae import JumpReLUTrainingSAE, JumpReLUTrainingSAEConfig
from sae_lens.saes.matryoshka_batchtopk_sae import (
    MatryoshkaBatchTopKTrainingSAE, MatryoshkaBatchTopKTrainingSAEConfig,
)
from sae_lens.saes.sae import TrainStepInput
from sae_lens.saes.standard_sae import StandardTrainingSAE, StandardTrainingSAEConfig
from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig

D_MODEL, N_LATENTS, BATCH, STEPS, K = 6, 14, 8, 5, 3
LEARNING_RATE, L1, L0, DEAD_AFTER_STEPS, SCALE = 0.02, 0.4, 0.3, 2, 1.75
# Where there is a term for dead latents, two of fourteen latents stay dead for all five steps.
STAY_DEAD = [4, 9]

SHARED = dict(preset="saelens", learningRate=LEARNING_RATE, learningRateWarmUpSteps=0, learningRateDecaySteps=0,
              nSteps=STEPS, batchSize=BATCH, dModel=D_MODEL, nLatents=N_LATENTS, maxGradNorm=1.0, applyBDecToInput=True,
              # SAELens: dead when n_forward_passes_since_fired > window.
              deadAfterTokens=DEAD_AFTER_STEPS * BATCH + 1)
JUMPRELU = dict(architecture="jumprelu", l0Coefficient=L0, bandwidth=0.5)
CASES = {
    "standard of SAELens": dict(architecture="standard", l1Coefficient=L1, sparsityWarmUpSteps=0),
    "topk of SAELens with AuxK": dict(architecture="topk", k=K, auxKCoefficient=1.0),
    "batchtopk of SAELens with AuxK": dict(architecture="batchtopk", k=2.4, auxKCoefficient=1.0),
    "matryoshka of SAELens with AuxK": dict(architecture="matryoshka", k=K, prefixes=[3, 7, N_LATENTS], auxKCoefficient=1.0),
    "jumprelu of SAELens, step": dict(**JUMPRELU, sparsityLoss="step"),
    "jumprelu of SAELens, tanh": dict(**JUMPRELU, sparsityLoss="tanh"),
    "jumprelu of SAELens, quadratic": dict(**JUMPRELU, sparsityLoss="quadratic", targetL0=2.5),
    "jumprelu of SAELens, straight through to the input": dict(**JUMPRELU, sparsityLoss="step", straightThroughToInput=True),
    "jumprelu of SAELens, dead latents drawn up": dict(**JUMPRELU, sparsityLoss="step", preActCoefficient=0.6),
    "gated of SAELens": dict(architecture="gated", l1Coefficient=L1),
    "standard, constrained, of plain torch": dict(
        preset="featurescope", architecture="standard", l1Coefficient=L1, sparsityWarmUpSteps=0),
}
NAMES = {"W_dec": "decoder", "b_enc": "bEnc", "b_gate": "bEnc", "b_dec": "bDec", "threshold": "threshold", "r_mag": "rMag",
         "b_mag": "bMag"}


class ConstrainedStandard(torch.nn.Module):
    """Bricken 2023: mean over rows of sum e^2 + l1 sum f, decoder rows of norm 1."""

    def __init__(self):
        super().__init__()
        self.W_enc = torch.nn.Parameter(torch.zeros(D_MODEL, N_LATENTS))
        self.W_dec = torch.nn.Parameter(torch.zeros(N_LATENTS, D_MODEL))
        self.b_enc = torch.nn.Parameter(torch.zeros(N_LATENTS))
        self.b_dec = torch.nn.Parameter(torch.zeros(D_MODEL))

    def loss(self, x):
        acts = torch.relu((x - self.b_dec) @ self.W_enc + self.b_enc)
        error = acts @ self.W_dec + self.b_dec - x
        return error.pow(2).sum(1).mean() + L1 * acts.sum(1).mean(), acts

    @torch.no_grad()
    def project(self):
        self.W_dec.grad -= (self.W_dec.grad * self.W_dec).sum(1, keepdim=True) * self.W_dec

    @torch.no_grad()
    def normalise(self):
        self.W_dec /= self.W_dec.norm(dim=1, keepdim=True)


def make_sae(case):
    common = dict(d_in=D_MODEL, d_sae=N_LATENTS, dtype="float32", device="cpu", apply_b_dec_to_input=True,
                  normalize_activations="none")
    topk = dict(**common, aux_loss_coefficient=1.0, rescale_acts_by_decoder_norm=True)
    match case["architecture"]:
        case "standard" if "preset" in case:
            return ConstrainedStandard()
        case "standard":
            return StandardTrainingSAE(StandardTrainingSAEConfig(**common, l1_coefficient=L1))
        case "topk":
            return TopKTrainingSAE(TopKTrainingSAEConfig(**topk, k=K))
        case "batchtopk":
            return BatchTopKTrainingSAE(BatchTopKTrainingSAEConfig(**topk, k=case["k"]))
        case "matryoshka":
            return MatryoshkaBatchTopKTrainingSAE(
                MatryoshkaBatchTopKTrainingSAEConfig(**topk, k=K, matryoshka_widths=list(case["prefixes"])))
        case "gated":
            return GatedTrainingSAE(GatedTrainingSAEConfig(**common, l1_coefficient=L1))
    return JumpReLUTrainingSAE(JumpReLUTrainingSAEConfig(
        **common, l0_coefficient=L0, jumprelu_bandwidth=case["bandwidth"], jumprelu_sparsity_loss_mode=case["sparsityLoss"],
        target_l0=case.get("targetL0"), jumprelu_ste_to_input=case.get("straightThroughToInput", False),
        pre_act_loss_coefficient=case.get("preActCoefficient")))


def flat(tensor, digits=7):
    """Nine digits are a float32 exactly."""
    return [float(f"{value:.{digits}g}") for value in tensor.detach().double().reshape(-1).tolist()]


def of_parameters(sae, pick, digits=9):
    parameters = dict(sae.named_parameters())
    return {"encoder": flat(pick(parameters["W_enc"]).T, digits),
            **{ours: flat(pick(parameters[theirs]), digits) for theirs, ours in NAMES.items() if theirs in parameters}}


def forward(sae, x, dead):
    """Loss, its AuxK or gate term, and activations."""
    if isinstance(sae, ConstrainedStandard):
        loss, acts = sae.loss(x)
        return loss, torch.tensor(0.0), acts
    output = sae.training_forward_pass(TrainStepInput(
        sae_in=x, dead_neuron_mask=dead, coefficients={"l1": L1, "l0": L0}, n_training_steps=0, is_logging_step=False))
    acts = output.feature_acts.to_dense() if output.feature_acts.is_sparse else output.feature_acts
    aux = output.losses.get("auxiliary_reconstruction_loss", output.losses.get("pre_act_loss", torch.tensor(0.0)))
    return output.loss, aux, acts


@torch.no_grad()
def saved(sae):
    sae.fold_activation_norm_scaling_factor(SCALE)
    state = sae.state_dict()
    sae.process_state_dict_for_saving_inference(state)
    return {name: flat(state[name]) for name in state}


def run(case, seed):
    generator = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(*shape, generator=generator)
    sae = make_sae(case)
    parameters = dict(sae.named_parameters())
    with torch.no_grad():
        sae.W_enc.copy_(draw(D_MODEL, N_LATENTS) * 0.5)
        sae.W_dec.copy_(draw(N_LATENTS, D_MODEL))
        parameters.get("b_enc", parameters.get("b_gate")).copy_(draw(N_LATENTS) * 0.2)
        sae.b_dec.copy_(draw(D_MODEL) * 0.3)
        if "threshold" in parameters:
            sae.threshold.copy_(draw(N_LATENTS).abs() * 0.3)
        if "r_mag" in parameters:
            sae.r_mag.copy_(draw(N_LATENTS) * 0.3)
            sae.b_mag.copy_(draw(N_LATENTS) * 0.3)
        if isinstance(sae, ConstrainedStandard):
            sae.normalise()
    passes = torch.where(torch.rand(N_LATENTS, generator=generator) < 0.5, 5, 0)
    if "auxKCoefficient" in case or "preActCoefficient" in case:
        with torch.no_grad():
            sae.b_enc[STAY_DEAD] = -5
        passes[STAY_DEAD] = 5
    batches = [draw(BATCH, D_MODEL) * 1.5 + 0.5 for _ in range(STEPS)]
    golden = {
        "config": {**SHARED, **case},
        "initial": of_parameters(sae, lambda parameter: parameter),
        "tokensSinceFired": (passes * BATCH).double().tolist(),
        "rows": [flat(x, 9) for x in batches],
        "steps": [],
    }
    optimizer = torch.optim.Adam(sae.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.999))
    sae.train()
    for x in batches:
        loss, aux, acts = forward(sae, x, passes > DEAD_AFTER_STEPS)
        fires = acts > 0
        n_dead_before = int((passes > DEAD_AFTER_STEPS).sum())
        passes = torch.where(fires.any(0), 0, passes + 1)
        optimizer.zero_grad()
        loss.backward()
        gradients = of_parameters(sae, lambda parameter: parameter.grad, 7)
        if isinstance(sae, ConstrainedStandard):
            sae.project()
        norm = torch.nn.utils.clip_grad_norm_(sae.parameters(), 1.0)
        optimizer.step()
        if isinstance(sae, ConstrainedStandard):
            sae.normalise()
        golden["steps"].append({
            "loss": loss.item(), "auxLoss": aux.item(), "gradNorm": norm.item(), "learningRate": LEARNING_RATE,
            "nDeadBefore": n_dead_before, "nDead": int((passes > DEAD_AFTER_STEPS).sum()), "l0": fires.sum().item() / BATCH,
            "gradients": gradients, "active": fires.reshape(-1).nonzero().reshape(-1).tolist(),
            **({"threshold": sae.topk_threshold.item()} if hasattr(sae, "topk_threshold") else {}),
        })
    golden["final"] = of_parameters(sae, lambda parameter: parameter)
    if not isinstance(sae, ConstrainedStandard):
        golden["scale"] = SCALE
        golden["saved"] = saved(sae)
    return golden


print(json.dumps({name: run(case, seed) for seed, (name, case) in enumerate(CASES.items())}, separators=(",", ":")))
