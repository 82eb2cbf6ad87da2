import {
  type CreateSteering,
  createSteeringSchema,
  maxSteeringTokens,
  type SteeringIntervention,
  type SteeringMode,
} from '@featurescope/contracts';

/** The form as it is typed. */
export interface SteeringDraft {
  runId: string;
  name: string;
  prompt: string;
  interventions: SteeringIntervention[];
  nTokens: string;
  temperature: string;
  seed: string;
  control: boolean;
  positions: NonNullable<CreateSteering['positions']>;
  onlyWhereActive: boolean;
}

export const defaultStrength: Record<SteeringMode, number> = { add: 2, clamp: 2, scale: 4, ablate: 0 };

export const emptyDraft = (runId: string, featureIndex: number | null): SteeringDraft => ({
  runId,
  name: '',
  prompt: '',
  interventions: featureIndex === null ? [] : [{ featureIndex, mode: 'clamp', strength: defaultStrength.clamp }],
  nTokens: '60',
  temperature: '0.7',
  seed: '0',
  control: true,
  positions: 'all',
  onlyWhereActive: false,
});

export const draftFromRequest = (request: CreateSteering): SteeringDraft => ({
  runId: request.runId,
  name: request.name ?? '',
  prompt: request.prompt,
  interventions: request.interventions,
  nTokens: String(request.nTokens),
  temperature: String(request.temperature),
  seed: String(request.seed),
  control: request.control ?? true,
  positions: request.positions ?? 'all',
  onlyWhereActive: request.onlyWhereActive ?? false,
});

export type SteeringErrors = Partial<Record<keyof SteeringDraft, string>>;

const fieldMessages: Partial<Record<keyof SteeringDraft, string>> = {
  runId: 'Choose a run.',
  prompt: 'Write a prompt for the model to go on from, up to 10,000 characters.',
  interventions: 'Add a feature to steer with. A strength lies between −100 and 100.',
  nTokens: `Must be a whole number from 1 to ${maxSteeringTokens}.`,
  temperature: 'Must be a number from 0 to 5.',
  seed: 'Must be a whole number from 0 to 2,147,483,647.',
  name: 'At most 200 characters.',
};

const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));

/** The request that the draft stands for, or what is missing at which field. */
export function checkSteering(draft: SteeringDraft): { request: CreateSteering | null; errors: SteeringErrors } {
  const parsed = createSteeringSchema.safeParse({
    ...draft,
    name: draft.name.trim() || undefined,
    nTokens: numberOf(draft.nTokens),
    temperature: numberOf(draft.temperature),
    seed: numberOf(draft.seed),
  });
  if (parsed.success) return { request: parsed.data, errors: {} };
  const errors: SteeringErrors = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path[0] as keyof SteeringDraft;
    errors[field] ??= fieldMessages[field] ?? issue.message;
  }
  return { request: null, errors };
}
