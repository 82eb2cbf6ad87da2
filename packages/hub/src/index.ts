export { HubError } from './errors.ts';
export { HubClient, type HubFile, type HubListing, type HubOptions } from './hub-client.ts';
