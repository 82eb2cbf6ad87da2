import type { S3Client } from '@aws-sdk/client-s3';
import { type ObjectStorage, StorageUnavailableError } from './object-storage.ts';

export interface S3Options {
  bucket: string;
  /** Without slashes at its ends; may be empty. */
  prefix: string;
  /** Null: the SDK's own, which follows AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_S3. */
  endpoint?: string | null;
  /** The bucket in the path and not in the host's name, as most servers other than Amazon's want it. */
  pathStyle: boolean;
  /** Null: AWS_REGION, else us-east-1, which servers other than Amazon's take. */
  region?: string | null;
  /** Else the SDK's own chain: the usual variables, files and roles. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Attempts at a request, the first included. */
  maxAttempts?: number;
  connectTimeoutMs?: number;
  /** For one attempt, the body included. */
  requestTimeoutMs?: number;
}

interface OpenClient {
  client: S3Client;
  sdk: typeof import('@aws-sdk/client-s3');
}

/** A bucket of Amazon S3, or of a server that speaks its protocol. The SDK is loaded with the first request. */
export class S3Storage implements ObjectStorage {
  readonly place: string;
  readonly #options: S3Options;
  #opened: Promise<OpenClient> | null = null;

  constructor(options: S3Options) {
    this.#options = options;
    this.place = `s3://${[options.bucket, options.prefix].filter(Boolean).join('/')}`;
  }

  async read(key: string): Promise<Uint8Array | null> {
    try {
      return await this.#attempt(async ({ client, sdk }, abortSignal) => {
        const { Body } = await client.send(new sdk.GetObjectCommand(this.#object(key)), { abortSignal });
        return (await Body?.transformToByteArray()) ?? null;
      });
    } catch (error) {
      if (statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket') return null;
      throw error;
    }
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#attempt(({ client, sdk }, abortSignal) =>
      client.send(new sdk.PutObjectCommand({ ...this.#object(key), Body: bytes }), { abortSignal }),
    );
  }

  async remove(key: string): Promise<void> {
    await this.#attempt(({ client, sdk }, abortSignal) =>
      client.send(new sdk.DeleteObjectCommand(this.#object(key)), { abortSignal }),
    );
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; sizeBytes: number }> {
    const { bucket } = this.#options;
    const root = this.#object('').Key;
    let ContinuationToken: string | undefined;
    do {
      const request = { Bucket: bucket, Prefix: root + prefix, ContinuationToken };
      const page = await this.#attempt(({ client, sdk }, abortSignal) =>
        client.send(new sdk.ListObjectsV2Command(request), { abortSignal }),
      );
      for (const { Key, Size } of page.Contents ?? [])
        if (Key !== undefined) yield { key: Key.slice(root.length), sizeBytes: Size ?? 0 };
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  /** An object is written in one request: the server keeps all of it or nothing. */
  async removeUnfinished(): Promise<void> {}

  #object(key: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.#options;
    return { Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` };
  }

  /** Every request ends: by its timeouts, and by a limit over all its attempts. */
  async #attempt<T>(work: (opened: OpenClient, abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    const { maxAttempts = 3, requestTimeoutMs = 60_000 } = this.#options;
    try {
      this.#opened ??= this.#open();
      return await work(await this.#opened, AbortSignal.timeout(maxAttempts * requestTimeoutMs));
    } catch (cause) {
      const { endpoint } = this.#options;
      const where = endpoint ? `${this.place} at ${endpoint}` : this.place;
      throw new StorageUnavailableError(`${where}: ${nameOf(cause)}: ${(cause as Error).message}`, { cause });
    }
  }

  async #open(): Promise<OpenClient> {
    const { endpoint, pathStyle, region, credentials, maxAttempts = 3 } = this.#options;
    const { connectTimeoutMs = 5_000, requestTimeoutMs = 60_000 } = this.#options;
    const sdk = await import('@aws-sdk/client-s3');
    const client = new sdk.S3Client({
      ...(endpoint ? { endpoint } : {}),
      region: region ?? 'us-east-1',
      forcePathStyle: pathStyle,
      ...(credentials ? { credentials } : {}),
      maxAttempts,
      requestHandler: {
        connectionTimeout: connectTimeoutMs,
        requestTimeout: requestTimeoutMs,
        throwOnRequestTimeout: true,
      },
      // Shards have checksums of their own, and not every server knows those of the SDK.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    return { client, sdk };
  }
}

const causeOf = (error: unknown) => (error instanceof StorageUnavailableError ? error.cause : error);
const nameOf = (error: unknown) => (causeOf(error) as Error).name;
const statusOf = (error: unknown) =>
  (causeOf(error) as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
