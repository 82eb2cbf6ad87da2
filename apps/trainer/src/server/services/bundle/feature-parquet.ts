import type { ExportedFeature } from '@featurescope/db';
import { histogramEdges } from '@featurescope/interp/examples';
import { parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer';
import type { Vocabulary } from '../vocabularies.ts';

type Leaf = 'BOOLEAN' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'STRING';
type Value = boolean | number | bigint | string | null | number[] | string[];

interface Column {
  name: string;
  type: Leaf;
  kind?: 'list' | 'optional';
  value(feature: ExportedFeature, vocabulary: Vocabulary): Value;
}

const texts = (ids: number[], { text }: Vocabulary) => ids.map((id) => text(id));

/** The columns of features/*.parquet, described in docs/dictionaries.md. Where SAEDashboard and Neuronpedia have a name for one, it is
 *  theirs. */
const columns: Column[] = [
  { name: 'index', type: 'INT32', value: ({ index }) => index },
  { name: 'dead', type: 'BOOLEAN', value: ({ dead }) => dead },
  { name: 'frac_nonzero', type: 'DOUBLE', value: ({ density }) => density },
  { name: 'n_firing', type: 'INT64', value: ({ nFiring }) => BigInt(nFiring) },
  { name: 'maxActApprox', type: 'DOUBLE', value: ({ maxActivation }) => maxActivation },
  { name: 'mean_activation', type: 'DOUBLE', value: ({ meanActivation }) => meanActivation },
  { name: 'label', type: 'STRING', kind: 'optional', value: ({ userLabel, labelText }) => userLabel ?? labelText },
  {
    name: 'label_source',
    type: 'STRING',
    kind: 'optional',
    value: ({ userLabel, labelText, explainer }) =>
      userLabel !== null ? 'user' : labelText !== null ? explainer : null,
  },
  { name: 'explainer_label', type: 'STRING', kind: 'optional', value: ({ labelText }) => labelText },
  { name: 'explainer_predicate', type: 'STRING', kind: 'optional', value: ({ predicate }) => jsonOf(predicate) },
  { name: 'explainer_score', type: 'DOUBLE', kind: 'optional', value: ({ labelScore }) => labelScore },
  { name: 'explainer_score_low', type: 'DOUBLE', kind: 'optional', value: ({ labelScoreLow }) => labelScoreLow },
  { name: 'explainer_score_high', type: 'DOUBLE', kind: 'optional', value: ({ labelScoreHigh }) => labelScoreHigh },
  { name: 'pos_str', type: 'STRING', kind: 'list', value: (row, vocabulary) => texts(row.topTokenIds, vocabulary) },
  { name: 'pos_values', type: 'DOUBLE', kind: 'list', value: ({ topTokenValues }) => topTokenValues },
  { name: 'neg_str', type: 'STRING', kind: 'list', value: (row, vocabulary) => texts(row.bottomTokenIds, vocabulary) },
  { name: 'neg_values', type: 'DOUBLE', kind: 'list', value: ({ bottomTokenValues }) => bottomTokenValues },
  { name: 'topkCosSimIndices', type: 'INT32', kind: 'list', value: ({ neighbourIndices }) => neighbourIndices },
  { name: 'topkCosSimValues', type: 'DOUBLE', kind: 'list', value: ({ neighbourCosines }) => neighbourCosines },
  { name: 'freq_hist_data_bar_heights', type: 'INT32', kind: 'list', value: ({ histogram }) => histogram },
  {
    name: 'freq_hist_data_bar_values',
    type: 'DOUBLE',
    kind: 'list',
    // The lower edge of each bar.
    value: ({ maxActivation }) => (maxActivation > 0 ? histogramEdges(maxActivation).slice(0, -1) : []),
  },
];

const schema: SchemaElement[] = [{ name: 'root', num_children: columns.length }, ...columns.flatMap(schemaOf)];

/** A Parquet file of features, compressed by Snappy. */
export function featureParquet(features: ExportedFeature[], vocabulary: Vocabulary): Uint8Array {
  const columnData = columns.map(({ name, value }) => ({
    name,
    data: features.map((feature) => value(feature, vocabulary)),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, createdBy: 'featurescope' }));
}

function schemaOf({ name, type, kind }: Column): SchemaElement[] {
  const leaf: SchemaElement = type === 'STRING' ? { name, type: 'BYTE_ARRAY', converted_type: 'UTF8' } : { name, type };
  if (kind !== 'list') return [{ ...leaf, repetition_type: kind === 'optional' ? 'OPTIONAL' : 'REQUIRED' }];
  return [
    { name, repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { ...leaf, name: 'element', repetition_type: 'REQUIRED' },
  ];
}

const jsonOf = (value: unknown) => (value === null ? null : JSON.stringify(value));
