import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../app-error.ts';
import { idParams, type RegisterRoutes } from './route-schema.ts';

/** The SAELens directory's two files. */
const files = [
  { name: 'cfg.json', contentType: 'application/json; charset=utf-8' },
  { name: 'sae_weights.safetensors', contentType: 'application/octet-stream' },
] as const;

export const registerDictionaryRoutes: RegisterRoutes = (app, { runs, store }) => {
  for (const { name, contentType } of files) {
    app.get(
      `/api/runs/:id/dictionary/${name}`,
      { schema: { tags: ['runs'], summary: `${name} of the SAELens directory`, params: idParams } },
      async (request, reply) => {
        const run = await runs.find(request.params.id);
        const file = path.join(store.dictionaryDirectory(run.id), name);
        const info = await stat(file).catch(() => null);
        if (info === null)
          throw new AppError(
            'not_found',
            `The run "${run.name}" has no dictionary yet. It appears when training ends.`,
          );
        return reply
          .type(contentType)
          .header('content-length', info.size)
          .header('content-disposition', `attachment; filename="${name}"`)
          .send(createReadStream(file));
      },
    );
  }
};
