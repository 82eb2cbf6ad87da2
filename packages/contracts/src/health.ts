import { z } from 'zod';

export const tensorBackendSchema = z.object({
  name: z.enum(['gpu', 'native', 'wasm']),
  library: z.string(),
  threads: z.number().int(),
  matmulGflops: z
    .number()
    .nullable()
    .describe('Measured float32 matrix product, 10^9 floating-point operations a second'),
  reason: z.string().nullable().describe('Why the fallback runs, when it does'),
});
export type TensorBackend = z.infer<typeof tensorBackendSchema>;

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  startedAt: z.string(),
  database: z.enum(['up', 'down']),
  inference: z.enum(['up', 'down']),
  workers: z.number().int().describe('Workers seen in the last 30 seconds'),
  queueLength: z.number().int().describe('Jobs waiting'),
  tensor: tensorBackendSchema
    .nullable()
    .describe('The tensor backend of the inference process; null until it has reported'),
});
export type Health = z.infer<typeof healthSchema>;
