import type { SteeringIntervention } from '@featurescope/contracts';
import { formatNumber } from '../ui/format.ts';

/** "Clamp feature 12 to 3 × max, ablate feature 7". */
export function describeInterventions(interventions: SteeringIntervention[]): string {
  const text = interventions.map(({ featureIndex, mode, strength }) => {
    const by = formatNumber(strength);
    if (mode === 'ablate') return `ablate feature ${featureIndex}`;
    if (mode === 'scale') return `scale feature ${featureIndex} by ${by}`;
    return `${mode} feature ${featureIndex} ${mode === 'clamp' ? 'to' : 'with'} ${by} × max`;
  });
  const sentence = text.join(', ');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
