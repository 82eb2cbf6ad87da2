import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { AppError, notFound } from '../app-error.ts';

const shownLength = 80;

/** A value as a message shows it: JSON, cut. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > shownLength ? `${json.slice(0, shownLength)}…` : json;
}

function valueAt(data: unknown, path: PropertyKey[]): unknown {
  let value = data;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

/** The sentence about the first thing that is wrong with a request. */
function requestError(error: z.ZodError, data: unknown): AppError {
  const issue = error.issues[0];
  const path = issue.path.map(String);
  const field = path.join('.');
  const value = valueAt(data, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...path, issue.keys[0]].join('.');
    return new AppError('invalid_request', `Unknown field ${shown(unknown)}. Remove it, or correct its name.`, {
      field: unknown,
    });
  }
  const subject = field === '' ? 'The request' : field;
  if (issue.code === 'custom') return new AppError('invalid_request', issue.message, { field });
  if (value === undefined)
    return new AppError('invalid_request', `${subject} is missing. Add it: ${lowerFirst(issue.message)}.`, { field });
  const rule = issue.code === 'invalid_union' ? 'not one of the kinds that exist' : lowerFirst(issue.message);
  return new AppError('invalid_request', `${subject} is ${shown(value)}: ${rule}.`, { field });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const kinds: Record<string, string> = {
  models: 'model',
  runs: 'run',
  sweeps: 'sweep',
  datasets: 'dataset',
  dictionaries: 'upload',
  steering: 'steering experiment',
};

/** What the :id of a route names: "/api/runs/:id/pause" is about a run. */
function kindAt(url = ''): string {
  return kinds[url.split('/')[2]] ?? 'resource';
}

/** Parses params, query and body by their zod schemas. A parameter of the path that is no id of ours names nothing: 404. */
export const zodValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart, url }) =>
  (data) => {
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    if (httpPart === 'params') {
      const name = String(result.error.issues[0].path[0]);
      return { error: notFound(name === 'index' ? 'feature' : kindAt(url), String(valueAt(data, [name]))) };
    }
    return { error: requestError(result.error, data) };
  };
