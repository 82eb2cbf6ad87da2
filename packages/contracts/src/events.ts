import { z } from 'zod';
import { evaluationSchema } from './evaluation.ts';
import { modelProgressSchema, modelStatusSchema } from './models.ts';
import { recoveryPointSchema } from './recovery.ts';
import { metricPointSchema, progressSchema, runStageSchema, runStatusSchema } from './runs.ts';
import { laneNameSchema, laneTokenSchema, steeringResultSchema } from './steering.ts';

/** What a run tells while it works. Each is a row before it is a message. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), payload: z.object({ status: runStatusSchema, stage: runStageSchema }) }),
  z.object({ type: z.literal('metrics'), payload: metricPointSchema }),
  z.object({ type: z.literal('recovery'), payload: recoveryPointSchema }),
  z.object({ type: z.literal('progress'), payload: progressSchema }),
  z.object({
    type: z.literal('log'),
    payload: z.object({ level: z.enum(['info', 'warning', 'error']), message: z.string() }),
  }),
  z.object({
    type: z.literal('checkpoint'),
    payload: z.object({ step: z.number().int(), sizeBytes: z.number().int() }),
  }),
  z.object({ type: z.literal('evaluation'), payload: evaluationSchema }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export const steeringEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('prompt'),
    payload: z.object({ tokens: z.array(z.object({ tokenId: z.number().int(), text: z.string() })) }),
  }),
  z.object({
    type: z.literal('tokens'),
    payload: z.object({ lane: laneNameSchema, start: z.number().int(), tokens: z.array(laneTokenSchema) }),
  }),
  z.object({ type: z.literal('result'), payload: steeringResultSchema }),
  z.object({ type: z.literal('failed'), payload: z.object({ code: z.string(), message: z.string() }) }),
]);
export type SteeringEvent = z.infer<typeof steeringEventSchema>;

/** What a model tells while it is being added. */
export const modelEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('model'),
    payload: z.object({ status: modelStatusSchema, error: z.string().nullable() }),
  }),
  z.object({ type: z.literal('transfer'), payload: modelProgressSchema }),
]);
export type ModelEvent = z.infer<typeof modelEventSchema>;

export const subjectSchema = z.strictObject({ kind: z.enum(['run', 'steering', 'model']), id: z.uuid() });
export type Subject = z.infer<typeof subjectSchema>;

/** An event as it is stored and sent: `seq` counts from 1 within its subject, without gaps. */
export const storedEventSchema = z.intersection(
  z.object({ seq: z.number().int(), at: z.string() }),
  z.union([runEventSchema, steeringEventSchema, modelEventSchema]),
);
export type StoredEvent = z.infer<typeof storedEventSchema>;
