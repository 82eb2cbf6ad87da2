const PICKLE_ENDINGS = ['.pt', '.pth', '.bin', '.ckpt', '.pkl', '.pickle'];

/** Whether a file of that name holds, or may hold, a Python pickle. */
export function isPickle(name: string): boolean {
  return PICKLE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** Why a pickle is refused, and the lines that make a file of it which can be read. */
export function explainPickle(name: string): string {
  const converted = name.replace(/\.[^.]+$/, '.safetensors');
  return [
    `${name} is a Python pickle: opening one can run any code that its author put there, so it is never opened.`,
    'Convert it once, in Python, where you trust it, and keep config.json beside it:',
    'import torch',
    'from safetensors.torch import save_file',
    `state = torch.load(${JSON.stringify(name)}, map_location="cpu", weights_only=True)`,
    `save_file({name: tensor.clone().contiguous() for name, tensor in state.items()}, ${JSON.stringify(converted)})`,
  ].join('\n');
}
