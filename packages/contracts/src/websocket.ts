import { z } from 'zod';
import { errorCodeSchema } from './errors.ts';
import { storedEventSchema, subjectSchema } from './events.ts';

/** Client to server, over /api/ws. `afterSeq` is the last sequence number that the client has: everything later is replayed. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe'), subject: subjectSchema, afterSeq: z.number().int().min(0) }),
  z.strictObject({ type: z.literal('unsubscribe'), subject: subjectSchema }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** Server to client. Events of one subject come in order; a slow client gets larger batches, in which superseded progress is left out. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribed'), subject: subjectSchema, lastSeq: z.number().int() }),
  z.object({
    type: z.literal('events'),
    subject: subjectSchema,
    events: z.array(storedEventSchema),
    lastSeq: z.number().int(),
  }),
  z.object({ type: z.literal('error'), code: errorCodeSchema, message: z.string() }),
  z.object({ type: z.literal('pong') }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
export const maxMessagesPerSecond = 10;
