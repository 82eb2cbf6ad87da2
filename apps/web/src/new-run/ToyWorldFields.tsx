import type { GeneratorControls } from './generator-controls.tsx';

/** The toy model of superposition that makes the samples. */
export function SuperpositionFields({ number, choice }: GeneratorControls) {
  return (
    <>
      {number('nTruths', 'Features', { hint: 'It may keep fewer' })}
      {number('dModel', 'Dimensions', { hint: 'Values of a sample' })}
      {choice('output', 'Output', {
        term: 'toyOutput',
        options: [
          ['relu', 'ReLU'],
          ['linear', 'Linear'],
        ],
      })}
      {number('sparsity', 'Sparsity', { hint: 'Probability that a feature is 0' })}
      {number('importanceDecay', 'Importance', { hint: '1: all alike; 0.9: each a tenth less than the one before' })}
      {number('leastMagnitude', 'Least magnitude', { hint: 'Of an active feature, up to 1' })}
    </>
  );
}

/** The classifier whose hidden layer the samples are. */
export function ClassesFields({ number }: GeneratorControls) {
  return (
    <>
      {number('nClasses', 'Classes', { hint: 'Each is a truth' })}
      {number('nHidden', 'Hidden units', { hint: 'Values of a sample' })}
      {number('nInputs', 'Inputs', { hint: 'Values of a point' })}
      {number('deviation', 'Spread of a class', { hint: 'Standard deviation; the centres have length 1' })}
    </>
  );
}
