import type { Model, Run } from '@featurescope/contracts';

/** Whether interventions are possible where the run looked; unknown models count as yes, the server has the last word. */
export const isSteerable = (run: Run, models: Model[] | undefined): boolean =>
  models?.find((model) => model.id === run.modelId)?.hooks.find((hook) => hook.name === run.hookName)?.steerable ??
  true;
