import type { RunEstimate, SweepEstimate } from '@featurescope/contracts';
import { type EstimateInputs, estimateRun, sharedBySweep } from './run-estimate.ts';

/** Of the machine's memory, what a sweep may take before it is warned about: the database and the other processes need the rest. */
const memoryShare = 0.8;

/** Seconds, memory and disk of runs that one pass over the model trains: the text is read and the model run once, every dictionary
 *  takes its own steps, and all trainers are in memory together. Evaluating, indexing and labelling is each run's own.
 *  inputs: one a run, at least one; machineMemoryBytes: of the machine that trains. */
export function estimateSweep(inputs: EstimateInputs[], machineMemoryBytes: number): SweepEstimate {
  const estimates = inputs.map(estimateRun);
  const shared = sharedBySweep(inputs[0]);
  const nOthers = inputs.length - 1;
  const sum = (of: (estimate: RunEstimate) => number) => estimates.reduce((total, estimate) => total + of(estimate), 0);
  const breakdown = estimates[0].breakdown.map(({ stage }, part) => {
    const seconds = sum((estimate) => estimate.breakdown[part].seconds);
    const saved = stage === 'prepare' ? shared.prepareSeconds : stage === 'train' ? shared.modelSeconds : 0;
    return { stage, seconds: seconds - nOthers * saved };
  });
  const memoryBytes = sum((estimate) => estimate.memoryBytes) - nOthers * shared.memoryBytes;
  return {
    seconds: breakdown.reduce((total, { seconds }) => total + seconds, 0),
    separateSeconds: sum(({ seconds }) => seconds),
    memoryBytes,
    machineMemoryBytes,
    diskBytes: sum(({ diskBytes }) => diskBytes) - nOthers * shared.diskBytes,
    nSteps: estimates[0].nSteps,
    basis: estimates[0].basis,
    breakdown,
    storedActivations: inputs[0].storedActivations,
    warning: memoryBytes > memoryShare * machineMemoryBytes ? warningOf(memoryBytes, machineMemoryBytes) : null,
  };
}

function warningOf(needed: number, present: number): string {
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return `All dictionaries are trained at once and need about ${gib(needed)} together; this machine has ${gib(present)}. Launch fewer at a time, or smaller ones.`;
}
