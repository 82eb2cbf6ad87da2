import { Checkbox } from '../ui/Checkbox.tsx';
import { besideInputs, type GeneratorControls } from './generator-controls.tsx';

/** Sparse sums of known directions: which there are, how many are active, how strongly, and what goes together. */
export function SumsFields({ generator, set, number, choice }: GeneratorControls) {
  return (
    <>
      {number('nTruths', 'Truths', { term: 'truth' })}
      {number('dModel', 'Dimensions', { hint: 'Values of a sample' })}
      {choice('directions', 'Directions', {
        term: 'truthDirections',
        options: [
          ['random', 'Random'],
          ['orthogonalised', 'Pushed apart'],
        ],
      })}
      {choice('activity', 'Active in a sample', {
        options: [
          ['range', 'From a range'],
          ['independent', 'By a probability'],
        ],
      })}
      {generator.activity === 'range' ? (
        <>
          {number('activeMin', 'At least')}
          {number('activeMax', 'At most')}
        </>
      ) : (
        <>
          {number('probability', 'Probability', { hint: 'Of the first truth' })}
          {number('decay', 'Decay', { hint: '0: all alike; 1: the tenth a tenth as often' })}
        </>
      )}
      {choice('magnitude', 'Magnitude', {
        options: [
          ['uniform', 'Uniform'],
          ['normal', 'Normal, floored at 0'],
        ],
      })}
      {generator.magnitude === 'uniform' ? (
        <>
          {number('magnitudeMin', 'From')}
          {number('magnitudeMax', 'To')}
        </>
      ) : (
        <>
          {number('magnitudeMean', 'Mean')}
          {number('magnitudeDeviation', 'Standard deviation')}
        </>
      )}
      {choice('structure', 'Between truths', {
        term: generator.structure === 'hierarchy' ? 'truthHierarchy' : 'truthCorrelation',
        options: [
          ['none', 'Nothing'],
          ['correlation', 'Correlation in groups'],
          ['hierarchy', 'Hierarchy'],
        ],
      })}
      {generator.structure === 'correlation' && (
        <>
          {number('groupSize', 'Truths in a group')}
          {number('strength', 'Correlation', { hint: '0 to 0.999' })}
        </>
      )}
      {generator.structure === 'hierarchy' && (
        <>
          {number('nRoots', 'Roots')}
          {number('nChildren', 'Children of each')}
          {number('depth', 'Levels below the roots')}
          {number('childProbability', 'Probability of a child', { hint: 'Given that its parent is active' })}
          <Checkbox className={besideInputs} checked={generator.exclusive} onChange={(exclusive) => set({ exclusive })}>
            Children exclude each other
          </Checkbox>
        </>
      )}
    </>
  );
}
