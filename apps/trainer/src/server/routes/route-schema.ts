import { errorResponseSchema, idSchema } from '@featurescope/contracts';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ServerContext } from '../context.ts';

/** The application as routes see it: handlers are typed by their zod schemas. */
export type ApiApp = ReturnType<typeof withZod>;

export type RegisterRoutes = (app: ApiApp, context: ServerContext) => void;

export function withZod(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>();
}

/** Ids compare in lower case everywhere behind the routes. */
const idParamSchema = idSchema.transform((id) => id.toLowerCase());
export const idParams = z.object({ id: idParamSchema });
const indexParamSchema = z
  .string()
  .regex(/^\d{1,8}$/)
  .transform(Number);
export const featureParams = z.object({ id: idParamSchema, index: indexParamSchema });
export const neuronParams = z.object({ id: idParamSchema, neuron: indexParamSchema });

/** A route's answers: its own, and the error that every route can give. */
export function answers<Status extends 200 | 201, Schema extends z.ZodType>(status: Status, schema: Schema) {
  return { [status]: schema, default: errorResponseSchema } as { [Key in Status]: Schema } & {
    default: typeof errorResponseSchema;
  };
}

export const noContent = { 204: z.undefined().describe('Done'), default: errorResponseSchema };
