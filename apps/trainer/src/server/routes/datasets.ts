import { datasetListSchema, datasetSchema, datasetUploadFieldsSchema, maxDatasetBytes } from '@featurescope/contracts';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../app-error.ts';
import { zodValidator } from '../request-validation.ts';
import type { DatasetUpload } from '../services/datasets.ts';
import { answers, idParams, noContent, type RegisterRoutes } from './route-schema.ts';

/** Boundaries and text parts come on top of the file. */
const multipartOverheadBytes = 1024 ** 2;
const tags = ['datasets'];

export const registerDatasetRoutes: RegisterRoutes = (app, { datasets }) => {
  app.get(
    '/api/datasets',
    { schema: { tags, summary: 'All datasets, newest first', response: answers(200, datasetListSchema) } },
    async () => ({ datasets: await datasets.list() }),
  );
  app.get(
    '/api/datasets/:id',
    { schema: { tags, params: idParams, response: answers(200, datasetSchema) } },
    (request) => datasets.get(request.params.id),
  );
  app.post(
    '/api/datasets',
    {
      bodyLimit: maxDatasetBytes + multipartOverheadBytes,
      config: { rateLimit: { max: 60 } },
      schema: {
        tags,
        summary: 'Upload a .txt, .md or .jsonl file',
        description: 'multipart/form-data: the text parts `name` and `field` (jsonl), then the part `file`.',
        consumes: ['multipart/form-data'],
        response: answers(201, datasetSchema),
      },
    },
    async (request, reply) => {
      const dataset = await datasets.upload(await readUpload(request));
      return reply.code(201).send(dataset);
    },
  );
  app.delete(
    '/api/datasets/:id',
    { schema: { tags, params: idParams, response: noContent } },
    async (request, reply) => {
      await datasets.delete(request.params.id);
      return reply.code(204).send();
    },
  );
};

/** The text parts, then the file, whose bytes are still on their way. */
async function readUpload(request: FastifyRequest): Promise<DatasetUpload> {
  if (!request.isMultipart())
    throw new AppError(
      'unsupported_media_type',
      'An upload is multipart/form-data with a part named file. Send it so.',
    );
  const fields: Record<string, unknown> = {};
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      if (part.fieldname !== 'file')
        throw new AppError('invalid_request', `Unknown file part "${part.fieldname}". Name it file.`, {
          field: part.fieldname,
        });
      return { fileName: part.filename, fields: parseFields(fields), stream: part.file };
    }
    fields[part.fieldname] = part.value;
  }
  throw new AppError('invalid_request', 'file is missing. Add a part named file, after the text parts.', {
    field: 'file',
  });
}

function parseFields(fields: Record<string, unknown>): DatasetUpload['fields'] {
  const validate = zodValidator({
    schema: datasetUploadFieldsSchema,
    method: 'POST',
    url: '/api/datasets',
    httpPart: 'body',
  }) as (data: unknown) => { value: DatasetUpload['fields'] } | { error: Error };
  const result = validate(fields);
  if ('error' in result) throw result.error;
  return result.value;
}
