/** "organisation/name/layer_20/width_16k" as a repository and a folder of it. */
export function splitHubPlace(place: string): { repo: string; path?: string } {
  const parts = place.split('/').map((part) => part.trim());
  const named = parts.filter((part) => part !== '');
  const path = named.slice(2).join('/');
  return { repo: named.slice(0, 2).join('/'), path: path === '' ? undefined : path };
}
