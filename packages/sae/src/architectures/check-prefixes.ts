import { SaeConfigError } from '../errors.ts';
import type { TrainingConfig } from '../training-config.ts';

/** Throws SaeConfigError unless the prefixes ascend and end with the whole dictionary. */
export function checkPrefixes({ prefixes = [], nLatents }: TrainingConfig): void {
  const ascends = prefixes.every((width, i) => Number.isInteger(width) && width > (i > 0 ? prefixes[i - 1] : 0));
  if (!ascends || prefixes.at(-1) !== nLatents)
    throw new SaeConfigError(
      `prefixes must be ascending integers of at least 1 that end with nLatents ${nLatents}, but are ${prefixes.join(', ')}`,
    );
}
