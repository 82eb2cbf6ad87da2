export { HubError } from './errors.ts';
export { HubClient, type HubOptions } from './hub-client.ts';
export type { HubListing } from './list-repo.ts';
export type { HubFile } from './repo-file.ts';
