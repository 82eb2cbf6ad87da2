import type { Multipart, MultipartFile } from '@fastify/multipart';
import {
  dictionaryDirectoryListSchema,
  dictionaryDownloadSchema,
  dictionaryInspectionSchema,
  dictionaryUploadFieldsSchema,
  dictionaryUploadSchema,
  hubDictionariesRequestSchema,
  hubDictionaryListSchema,
  inspectDictionarySchema,
  maxDictionaryWeightBytes,
  startDictionaryDownloadSchema,
} from '@featurescope/contracts';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../app-error.ts';
import { zodValidator } from '../request-validation.ts';
import type { UploadedFile } from '../services/dictionaries/dictionary-uploads.ts';
import { answers, idParams, noContent, type RegisterRoutes } from './route-schema.ts';

/** Weights, and what lies beside them. */
const maxFiles = 5;
const maxUploadBytes = maxDictionaryWeightBytes + 1024 ** 3;
const tags = ['dictionaries'];

export const registerDictionariesRoutes: RegisterRoutes = (
  app,
  { dictionaries, dictionaryUploads, dictionaryDownloads },
) => {
  app.get(
    '/api/dictionaries',
    {
      schema: {
        tags,
        summary: 'Directories of this machine that hold a dictionary',
        response: answers(200, dictionaryDirectoryListSchema),
      },
    },
    () => dictionaries.list(),
  );
  app.post(
    '/api/dictionaries/inspect',
    {
      config: { rateLimit: { max: 120 } },
      schema: {
        tags,
        summary: 'What a dictionary is, and whether it fits a model',
        body: inspectDictionarySchema,
        response: answers(200, dictionaryInspectionSchema),
      },
    },
    (request) => dictionaries.inspect(request.body),
  );
  app.post(
    '/api/dictionaries/uploads',
    {
      bodyLimit: maxUploadBytes,
      config: { rateLimit: { max: 60 } },
      schema: {
        tags,
        summary: "Upload a dictionary's files",
        description:
          'multipart/form-data: the text part `folder`, then parts `file`, under the names that their format gives them. Kept for a day, or until imported.',
        consumes: ['multipart/form-data'],
        response: answers(201, dictionaryUploadSchema),
      },
    },
    async (request, reply) => {
      const parts = new DictionaryParts(request);
      return reply.code(201).send(await dictionaryUploads.receive(parts.files(), () => parts.folder));
    },
  );
  app.post(
    '/api/dictionaries/hub',
    {
      config: { rateLimit: { max: 60 } },
      schema: {
        tags,
        summary: 'Dictionaries of a repository on the hub, and their sizes',
        description: 'Nothing is downloaded.',
        body: hubDictionariesRequestSchema,
        response: answers(200, hubDictionaryListSchema),
      },
    },
    (request) => dictionaryDownloads.list(request.body),
  );
  app.post(
    '/api/dictionaries/downloads',
    {
      config: { rateLimit: { max: 60 } },
      schema: {
        tags,
        summary: "Fetch a dictionary from the hub into Hugging Face's cache",
        description: 'It goes on without whoever began it. Inspecting and importing fetch what is missing, too.',
        body: startDictionaryDownloadSchema,
        response: answers(201, dictionaryDownloadSchema),
      },
    },
    async (request, reply) => reply.code(201).send(await dictionaryDownloads.start(request.body)),
  );
  app.get(
    '/api/dictionaries/downloads/:id',
    {
      schema: { tags, summary: 'How far it is', params: idParams, response: answers(200, dictionaryDownloadSchema) },
    },
    async (request) => dictionaryDownloads.get(request.params.id),
  );
  app.delete(
    '/api/dictionaries/downloads/:id',
    {
      schema: {
        tags,
        summary: 'Stop it',
        description: 'What has arrived stays for the next.',
        params: idParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      await dictionaryDownloads.stop(request.params.id);
      return reply.code(204).send();
    },
  );
  app.delete(
    '/api/dictionaries/uploads/:id',
    { schema: { tags, params: idParams, response: noContent } },
    async (request, reply) => {
      await dictionaryUploads.remove(request.params.id);
      return reply.code(204).send();
    },
  );
};

/** The parts of an upload, in the order in which they come. */
class DictionaryParts {
  folder: string | undefined;
  private readonly request: FastifyRequest;

  constructor(request: FastifyRequest) {
    if (!request.isMultipart())
      throw new AppError(
        'unsupported_media_type',
        'An upload is multipart/form-data with parts named file. Send it so.',
      );
    this.request = request;
  }

  /** After a refusal the client still sends, and a browser reads the answer only when all of it was taken: what is left when the
   *  caller stops is thrown away. */
  async *files(): AsyncGenerator<UploadedFile> {
    const parts = this.request.parts({
      limits: { files: maxFiles, fields: 1, parts: maxFiles + 1, fileSize: maxDictionaryWeightBytes + 1 },
    });
    try {
      for (let next = await parts.next(); !next.done; next = await parts.next()) {
        const part = next.value;
        if (part.type === 'field') this.folder = parseFields({ [part.fieldname]: part.value }).folder;
        else {
          try {
            yield { name: namedFile(part), stream: part.file };
          } finally {
            part.file.resume();
          }
        }
      }
    } finally {
      void discard(parts);
    }
  }
}

function namedFile(part: MultipartFile): string {
  if (part.fieldname === 'file') return part.filename;
  throw new AppError('invalid_request', `Unknown file part "${part.fieldname}". Name it file.`, {
    field: part.fieldname,
  });
}

async function discard(parts: AsyncIterator<Multipart>): Promise<void> {
  try {
    for (let next = await parts.next(); !next.done; next = await parts.next())
      if (next.value.type === 'file') next.value.file.resume();
  } catch {
    // Over a limit, or the client is gone: there is nothing left to take.
  }
}

function parseFields(fields: Record<string, unknown>): { folder?: string } {
  const validate = zodValidator({
    schema: dictionaryUploadFieldsSchema,
    method: 'POST',
    url: '/api/dictionaries/uploads',
    httpPart: 'body',
  }) as (data: unknown) => { value: { folder?: string } } | { error: Error };
  const result = validate(fields);
  if ('error' in result) throw result.error;
  return result.value;
}
