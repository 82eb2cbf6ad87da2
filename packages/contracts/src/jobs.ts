import { z } from 'zod';
import { idSchema } from './primitives.ts';

const runJobSchema = z.strictObject({ runId: idSchema });

/** Every kind of job: payload (ids only), heartbeat and retries. The worker refuses to start when a handler is missing. */
export const jobCatalogue = {
  train: { schema: runJobSchema, heartbeatSeconds: 10, retryLimit: 20, expireHours: 24 },
  index: { schema: runJobSchema, heartbeatSeconds: 10, retryLimit: 20, expireHours: 24 },
  label: { schema: runJobSchema, heartbeatSeconds: 10, retryLimit: 20, expireHours: 24 },
} as const;
export type JobName = keyof typeof jobCatalogue;
export const jobNames = Object.keys(jobCatalogue) as JobName[];
