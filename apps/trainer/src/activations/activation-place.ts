/** Where activations are stored, by configuration. */
export type ActivationPlace = { quotaBytes: number | null } & (
  | { directory: string; bucket: null }
  | { directory: null; bucket: BucketPlace }
);

export interface BucketPlace {
  bucket: string;
  prefix: string;
  endpoint: string | null;
  region: string | null;
  pathStyle: boolean;
}

/** url: s3://bucket/prefix, checked. */
export function bucketPlace(url: string, rest: Omit<BucketPlace, 'bucket' | 'prefix'>): BucketPlace {
  const [bucket, ...segments] = url.slice('s3://'.length).split('/');
  return { bucket, prefix: segments.filter(Boolean).join('/'), ...rest };
}
