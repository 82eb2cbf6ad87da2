"""Dictionaries of every architecture and option that SAELens 6.54.12 saves, with what SAELens computes from them.

    pip install sae-lens==6.54.12
    python saelens_architectures.py > saelens-architectures.golden.json

Each case: the files of a directory, rows, the activations, what they decode to, and the output of the whole dictionary where
that is something else, and the activations after the decoder's norms were folded.
"""

import base64
import copy
import json
import pathlib
import tempfile
import warnings

warnings.filterwarnings("ignore")

import torch
from safetensors.torch import save_file
from sae_lens import SAE, saes as S
from sae_lens.training.activation_scaler import ActivationScaler, ActivationWhitening

D_MODEL, N_LATENTS, N_ROWS, D_OUT = 16, 32, 6, 12
COMMON = dict(d_in=D_MODEL, d_sae=N_LATENTS, device="cpu")
generator = torch.Generator().manual_seed(654)


def draw(*shape):
    return torch.randn(*shape, generator=generator)


def flat(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().float().reshape(-1).tolist()]


def fill(sae):
    """Random weights whose decoder rows have different norms; thresholds that some pre-activations pass and some do not."""
    with torch.no_grad():
        for name, parameter in sae.named_parameters():
            parameter.copy_(draw(*parameter.shape) * (0.4 if name == "r_mag" else 1) / (4 if name == "W_enc" else 1))
            if name == "threshold":
                parameter.copy_(parameter.abs() + 0.1)
            if name == "W_dec" and isinstance(sae, (S.MatchingPursuitSAE, S.MatchingPursuitTrainingSAE)):
                parameter.div_(parameter.norm(dim=-1, keepdim=True))
        if hasattr(sae, "topk_threshold"):
            sae.topk_threshold = torch.tensor(0.7310585786300049, dtype=torch.double)
    return sae


def files_of(directory):
    return {path.name: base64.b64encode(path.read_bytes()).decode() for path in sorted(pathlib.Path(directory).iterdir())}


def measure(sae, rows):
    acts = sae.encode(rows)
    acts = acts.to_dense() if acts.is_sparse else acts
    decoded = sae.decode(acts)
    output = sae(rows)
    whole = {} if torch.equal(output, decoded) else {"output": flat(output)}
    return {"acts": flat(acts), "decoded": flat(decoded), **whole}


def case(sae, rows=None, reference=None, extra=lambda directory: None, save="save_model", dtype="float32", fold=False):
    """Saves `sae` and measures `reference`, by default what SAELens loads from the files. fold: also its activations after SAELens
    has folded the decoder's norms."""
    rows = draw(N_ROWS, D_MODEL) if rows is None else rows
    with tempfile.TemporaryDirectory() as directory:
        getattr(sae, save)(directory)
        extra(pathlib.Path(directory))
        loaded = SAE.load_from_disk(directory, dtype=dtype) if reference is None else reference
        folded = SAE.load_from_disk(directory, dtype=dtype, fold_W_dec_norm=True).encode(rows) if fold else None
        return {"files": files_of(directory), "rows": flat(rows), **measure(loaded, rows),
                **({} if folded is None else {"foldedActs": flat(folded)})}


def inference_of(training):
    """What SAELens saves for use and loads again."""
    with tempfile.TemporaryDirectory() as directory:
        training.save_inference_model(directory)
        return SAE.load_from_disk(directory)


def build(name, config, **options):
    return fill(getattr(S, name)(getattr(S, config)(**COMMON, **options)))


def scaled_checkpoint(sae, scale):
    """A checkpoint whose activations were multiplied by a scale, and the dictionary with the scale folded in."""
    folded = copy.deepcopy(sae)
    folded.fold_activation_norm_scaling_factor(scale)
    extra = lambda directory: ActivationScaler(scaling_factor=scale).save(str(directory / "activation_scaler.json"))
    return case(sae, rows=draw(N_ROWS, D_MODEL) * 3, reference=inference_of(folded), extra=extra)


def whitened_checkpoint(sae):
    basis, _ = torch.linalg.qr(draw(D_MODEL, D_MODEL).double())
    spread = draw(D_MODEL).double().abs() + 0.5
    whitening = ActivationWhitening(draw(D_MODEL).double(), (basis / spread).contiguous(),
                                    (spread.unsqueeze(1) * basis.T).contiguous())
    folded = copy.deepcopy(sae)
    folded.fold_activation_whitening(whitening.mean, whitening.matrix, whitening.inverse_matrix)
    extra = lambda directory: ActivationScaler(whitening=whitening).save(str(directory / "activation_scaler.json"))
    return case(sae, rows=draw(N_ROWS, D_MODEL) * 2, reference=folded, extra=extra)


def old_directory(cfg, tensors, expected=None):
    rows = draw(N_ROWS, D_MODEL)
    with tempfile.TemporaryDirectory() as directory:
        pathlib.Path(directory, "cfg.json").write_text(json.dumps(cfg))
        save_file(tensors, pathlib.Path(directory, "sae_weights.safetensors"))
        files = files_of(directory)
        measured = measure(SAE.load_from_disk(directory), rows) if expected is None else expected(rows)
        return {"files": files, "rows": flat(rows), **measured}


def plain_tensors():
    return {"W_enc": draw(D_MODEL, N_LATENTS) / 4, "W_dec": draw(N_LATENTS, D_MODEL), "b_enc": draw(N_LATENTS),
            "b_dec": draw(D_MODEL)}


OLD = dict(d_in=D_MODEL, d_sae=N_LATENTS, dtype="torch.float32", device="cpu", hook_point="blocks.1.hook_resid_pre",
           hook_point_layer=1, hook_point_head_index=None, model_name="gpt2-small", context_size=128, dataset_path="text")


def finetuned():
    tensors = plain_tensors() | {"scaling_factor": draw(N_LATENTS).abs() + 0.5}

    def expected(rows):
        acts = ((rows - tensors["b_dec"]) @ tensors["W_enc"] + tensors["b_enc"]).relu()
        decoded = (acts * tensors["scaling_factor"]) @ tensors["W_dec"] + tensors["b_dec"]
        return {"acts": flat(acts), "decoded": flat(decoded)}

    return old_directory(OLD | dict(finetuning_scaling_factor=True), tensors, expected)


cases = {
    "standard": case(build("StandardSAE", "StandardSAEConfig"), fold=True),
    "standard, b_dec not subtracted": case(build("StandardSAE", "StandardSAEConfig", apply_b_dec_to_input=False)),
    "standard, layer_norm": case(build("StandardSAE", "StandardSAEConfig", normalize_activations="layer_norm"),
                                 rows=draw(N_ROWS, D_MODEL) * 5 + 3),
    "standard, constant_norm_rescale": case(
        build("StandardSAE", "StandardSAEConfig", normalize_activations="constant_norm_rescale"),
        rows=draw(N_ROWS, D_MODEL) * 7),
    "standard, expected_average_only_in": case(
        build("StandardSAE", "StandardSAEConfig", normalize_activations="expected_average_only_in")),
    "standard, hook_z": case(
        build("StandardSAE", "StandardSAEConfig", reshape_activations="hook_z",
              metadata=S.sae.SAEMetadata(hook_name="blocks.0.attn.hook_z")),
        rows=draw(N_ROWS, 4, D_MODEL // 4)),
    "standard, float16": case(build("StandardSAE", "StandardSAEConfig").to(dtype=torch.float16)),
    "standard, training": case(build("StandardTrainingSAE", "StandardTrainingSAEConfig")),
    "gated": case(build("GatedSAE", "GatedSAEConfig"), fold=True),
    "gated, b_dec not subtracted": case(build("GatedSAE", "GatedSAEConfig", apply_b_dec_to_input=False)),
    "gated, training": case(build("GatedTrainingSAE", "GatedTrainingSAEConfig"), save="save_inference_model"),
    "jumprelu": case(build("JumpReLUSAE", "JumpReLUSAEConfig"), fold=True),
    "jumprelu, layer_norm": case(build("JumpReLUSAE", "JumpReLUSAEConfig", normalize_activations="layer_norm")),
    "jumprelu, bfloat16": case(build("JumpReLUSAE", "JumpReLUSAEConfig").to(dtype=torch.bfloat16)),
    "jumprelu, float64": case(build("JumpReLUSAE", "JumpReLUSAEConfig").to(dtype=torch.float64)),
    "jumprelu, training": case(build("JumpReLUTrainingSAE", "JumpReLUTrainingSAEConfig")),
    "topk": case(build("TopKSAE", "TopKSAEConfig", k=5)),
    "topk, rescaled": case(build("TopKSAE", "TopKSAEConfig", k=5, rescale_acts_by_decoder_norm=True)),
    "topk, constant_norm_rescale": case(
        build("TopKSAE", "TopKSAEConfig", k=5, normalize_activations="constant_norm_rescale")),
    "topk, training": case(build("TopKTrainingSAE", "TopKTrainingSAEConfig", k=5)),
    "topk, training for inference": case(build("TopKTrainingSAE", "TopKTrainingSAEConfig", k=5), save="save_inference_model"),
    "abstopk": case(build("AbsTopKSAE", "AbsTopKSAEConfig", k=5)),
    "abstopk, rescaled": case(build("AbsTopKSAE", "AbsTopKSAEConfig", k=5, rescale_acts_by_decoder_norm=True)),
    "matching_pursuit": case(build("MatchingPursuitSAE", "MatchingPursuitSAEConfig")),
    "matching_pursuit, b_dec not subtracted": case(
        build("MatchingPursuitSAE", "MatchingPursuitSAEConfig", apply_b_dec_to_input=False, residual_threshold=1.5)),
    "matching_pursuit, duplicates, few iterations": case(
        build("MatchingPursuitSAE", "MatchingPursuitSAEConfig", stop_on_duplicate_support=False, max_iterations=7)),
    "transcoder": case(build("Transcoder", "TranscoderConfig", d_out=D_OUT, apply_b_dec_to_input=False)),
    "transcoder, layer_norm": case(
        build("Transcoder", "TranscoderConfig", d_out=D_OUT, apply_b_dec_to_input=False, normalize_activations="layer_norm")),
    "skip_transcoder": case(build("SkipTranscoder", "SkipTranscoderConfig", d_out=D_OUT, apply_b_dec_to_input=False)),
    "jumprelu_transcoder": case(
        build("JumpReLUTranscoder", "JumpReLUTranscoderConfig", d_out=D_OUT, apply_b_dec_to_input=False), fold=True),
    "jumprelu_skip_transcoder": case(
        build("JumpReLUSkipTranscoder", "JumpReLUSkipTranscoderConfig", d_out=D_OUT, apply_b_dec_to_input=False)),
}

for name, rescale in (("batchtopk", False), ("batchtopk, rescaled", True)):
    training = build("BatchTopKTrainingSAE", "BatchTopKTrainingSAEConfig", k=4.5, rescale_acts_by_decoder_norm=rescale)
    cases[f"{name}, checkpoint"] = case(training, reference=inference_of(copy.deepcopy(training)))
    cases[f"{name}, for inference"] = case(training, save="save_inference_model")
matryoshka = build("MatryoshkaBatchTopKTrainingSAE", "MatryoshkaBatchTopKTrainingSAEConfig", k=4,
                   matryoshka_widths=[4, 12, N_LATENTS])
cases["matryoshka_batchtopk, checkpoint"] = case(matryoshka, reference=inference_of(copy.deepcopy(matryoshka)))
cases["matryoshka_batchtopk, for inference"] = case(matryoshka, save="save_inference_model")

scaled = dict(normalize_activations="expected_average_only_in")
cases["standard, checkpoint with a scale"] = scaled_checkpoint(
    build("StandardTrainingSAE", "StandardTrainingSAEConfig", **scaled), 0.37)
for rescale in (False, True):
    cases[f"batchtopk, checkpoint with a scale{', rescaled' if rescale else ''}"] = scaled_checkpoint(
        build("BatchTopKTrainingSAE", "BatchTopKTrainingSAEConfig", k=4, rescale_acts_by_decoder_norm=rescale, **scaled), 0.37)
whitened = dict(normalize_activations="covariance_whitening")
cases["standard, whitened"] = whitened_checkpoint(build("StandardSAE", "StandardSAEConfig", **whitened))
cases["gated, whitened, b_dec not subtracted"] = whitened_checkpoint(
    build("GatedSAE", "GatedSAEConfig", apply_b_dec_to_input=False, **whitened))
cases["topk, whitened, rescaled"] = whitened_checkpoint(
    build("TopKSAE", "TopKSAEConfig", k=5, rescale_acts_by_decoder_norm=True, **whitened))

cases["before 6: standard"] = old_directory(
    OLD | dict(activation_fn_str="relu", normalize_activations=False), plain_tensors() | {"scaling_factor": torch.ones(N_LATENTS)})
cases["before 6: topk"] = old_directory(
    OLD | dict(activation_fn_str="topk", activation_fn_kwargs={"k": 5}, apply_b_dec_to_input=False), plain_tensors())
cases["before 6: gated, layer_norm"] = old_directory(
    OLD | dict(architecture="gated", normalize_activations="layer_norm", sae_lens_training_version="4.0.0"),
    {"W_enc": draw(D_MODEL, N_LATENTS) / 4, "W_dec": draw(N_LATENTS, D_MODEL), "b_dec": draw(D_MODEL), "b_gate": draw(N_LATENTS),
     "b_mag": draw(N_LATENTS), "r_mag": draw(N_LATENTS) * 0.4})
cases["before 6: jumprelu"] = old_directory(
    OLD | dict(architecture="jumprelu", normalize_activations="none", sae_lens_version="5.10.7"),
    plain_tensors() | {"threshold": draw(N_LATENTS).abs()})
cases["before 6: finetuned scale"] = finetuned()

print(json.dumps(cases))
