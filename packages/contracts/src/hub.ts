import { z } from 'zod';

/** What names a state of a repository on the hub. */
export const hubFields = {
  repo: z
    .string()
    .max(200)
    .regex(/^(?!.*(?:\.\.|--))\w[\w.-]*(?:\/\w[\w.-]*)?$/, 'expected a name like organisation/model'),
  revision: z
    .string()
    .max(200)
    .regex(/^(?!.*\.\.)\w[\w.-]*(?:\/\w[\w.-]*)*$/, 'expected a branch, a tag or a commit')
    .optional()
    .describe('Branch, tag or commit; by default main. It is pinned to the commit that it names now'),
};

/** A file or folder of a repository. */
export const hubPathSchema = z
  .string()
  .max(500)
  .regex(
    /^\w[\w.+=@-]*(?:\/\w[\w.+=@-]*)*$/,
    'expected names between slashes, like layer_20/width_16k, without a slash at its ends',
  );
