import { expect, it } from 'vitest';
import { checkSteering, draftFromRequest, emptyDraft } from './draft.ts';

const runId = '7b0c9a52-6f0e-4f6c-8a43-0d6f3b8a1c11';

it('a feature and a prompt make a request, and a request its draft again', () => {
  const draft = { ...emptyDraft(runId, 12), prompt: 'Once' };
  const { request, errors } = checkSteering(draft);
  expect(errors).toEqual({});
  expect(request?.interventions).toEqual([{ featureIndex: 12, mode: 'clamp', strength: 2 }]);
  expect(request && draftFromRequest(request)).toEqual(draft);
});

it('names what is missing', () => {
  const { request, errors } = checkSteering({ ...emptyDraft(runId, null), nTokens: '1000', temperature: '' });
  expect(request).toBeNull();
  expect(Object.keys(errors).sort()).toEqual(['interventions', 'nTokens', 'prompt', 'temperature']);
});
