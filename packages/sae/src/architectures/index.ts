import { commonParameterNames, type ParameterName } from '../parameters.ts';
import type { Architecture } from '../training-config.ts';
import type { ArchitectureDefinition } from './architecture.ts';
import { batchTopK } from './batchtopk.ts';
import { gated } from './gated.ts';
import { jumpRelu } from './jumprelu.ts';
import { matryoshka } from './matryoshka.ts';
import { standard } from './standard.ts';
import { topK } from './topk.ts';

/** Every architecture that can be trained. */
export const architectures: Record<Architecture, ArchitectureDefinition> = {
  standard,
  topk: topK,
  batchtopk: batchTopK,
  jumprelu: jumpRelu,
  gated,
  matryoshka,
};

/** The parameters of an architecture, in the order in which they are stored and summed over. */
export function parameterNamesOf({ architecture }: { architecture: Architecture }): ParameterName[] {
  return [...commonParameterNames, ...architectures[architecture].ownParameters];
}
