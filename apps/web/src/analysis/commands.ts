import { type AbsorptionConcept, type CreateComparison, createdSchema } from '@featurescope/contracts';
import { call, send } from '../api/http.ts';

export const createComparison = (choice: CreateComparison) =>
  call('/api/comparisons', createdSchema, { method: 'POST', body: choice });

export const createLadder = (runIds: string[]) => send('/api/ladders', { method: 'POST', body: { runIds } });

export const checkHealth = (runId: string) => call(`/api/runs/${runId}/health`, createdSchema, { method: 'POST' });

export const createAbsorption = (runId: string, concept: AbsorptionConcept) =>
  call(`/api/runs/${runId}/absorptions`, createdSchema, { method: 'POST', body: { concept } });

export const deleteAnalysis = (id: string) => send(`/api/analyses/${id}`, { method: 'DELETE' });
