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
      const upload = await readUpload(request);
      try {
        return await reply.code(201).send(await datasets.upload(upload));
      } finally {
        // After a refusal the client still sends: a browser reads the answer only when all of it was taken.
        upload.stream.resume();
      }
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
  const parts = request.parts();
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    const part = next.value;
    if (part.type === 'file') {
      if (part.fieldname !== 'file')
        throw new AppError('invalid_request', `Unknown file part "${part.fieldname}". Name it file.`, {
          field: part.fieldname,
        });
      return {
        fileName: part.filename,
        fields: parseFields(fields),
        stream: part.file,
        finish: () => expectEnd(parts),
      };
    }
    fields[part.fieldname] = part.value;
  }
  throw new AppError('invalid_request', 'file is missing. Add a part named file, after the text parts.', {
    field: 'file',
  });
}

/** A text part behind the file would come too late to have an effect. */
async function expectEnd(parts: AsyncIterator<{ fieldname: string }>): Promise<void> {
  const next = await parts.next();
  if (!next.done)
    throw new AppError('invalid_request', `${next.value.fieldname} comes after the file. Put it before.`, {
      field: next.value.fieldname,
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
