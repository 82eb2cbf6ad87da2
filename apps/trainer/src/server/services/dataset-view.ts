import type { Dataset } from '@featurescope/contracts';
import type { DatasetRow } from '@featurescope/db';

/** A dataset as the API shows it. */
export function toDataset(row: DatasetRow): Dataset {
  return {
    id: row.id,
    name: row.name,
    status: row.status as Dataset['status'],
    format: row.format as Dataset['format'],
    originalName: row.originalName,
    nDocuments: row.nDocuments,
    sizeBytes: Number(row.sizeBytes),
    contentHash: row.contentHash,
    bundled: row.bundled,
    nRuns: row._count.runs,
    kinds: row.kinds as Dataset['kinds'],
    sample: row.sample,
    error: row.error,
    createdAt: row.createdAt.toISOString(),
  };
}
