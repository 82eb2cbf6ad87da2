import { type Db, storeContexts } from '@featurescope/db';
import { encodeExamples, type FeatureExamples } from '@featurescope/interp/examples';

const contextSize = 40;
const nContexts = 6;

export interface FeatureFixture {
  index: number;
  density?: number;
  maxActivation?: number;
  meanActivation?: number;
  labelText?: string | null;
  labelScore?: number | null;
  userLabel?: string | null;
  dead?: boolean;
  searchTokenIds?: number[];
}

/** Gives a run a corpus of six contexts and the features named. */
export async function insertTestFeatures(db: Db, runId: string, features: FeatureFixture[]): Promise<void> {
  const run = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
  const corpusId = crypto.randomUUID();
  const counts = { nTokens: nContexts * contextSize, nContexts, nHeldOutTokens: 0 };
  await db.prisma.tokenCorpus.create({
    data: { id: corpusId, datasetId: run.datasetId ?? '', tokenizerHash: corpusId, contextSize, ...counts },
  });
  await db.prisma.$transaction((transaction) =>
    storeContexts(
      transaction,
      corpusId,
      Array.from({ length: nContexts }, (_, index) => storedContext(index)),
    ),
  );
  await db.prisma.feature.createMany({
    data: features.map((feature) => ({
      runId,
      density: 0.01,
      maxActivation: 2,
      meanActivation: 1,
      dead: false,
      nFiring: 10,
      topTokenIds: [300, 301],
      topTokenValues: [0.5, 0.25],
      searchTokenIds: [],
      ...feature,
    })),
  });
  await db.prisma.featureEvidence.createMany({
    data: features.map(({ index }) => ({
      runId,
      index,
      direction: new Uint8Array(8),
      bottomTokenIds: [302],
      bottomTokenValues: [-0.5],
      neighbourIndices: [index + 1],
      neighbourCosines: [0.5],
      histogram: [7, 2, 1],
      quantileBorders: [0.1, 0.2, 0.3, 0.4, 2],
      examples: new Uint8Array(encodeExamples(testExamples(index))),
      listExample: new Uint8Array(encodeExamples({ ...noExamples, top: testExamples(index).top })),
    })),
  });
  await db.prisma.run.update({
    where: { id: runId },
    data: { corpusId, nFeatures: features.length, nIndexedTokens: 1000 },
  });
}

function storedContext(index: number) {
  const tokenIds = Buffer.alloc(2 * contextSize);
  for (let i = 0; i < contextSize; i++) tokenIds.writeUInt16LE(256 + index * contextSize + i, 2 * i);
  return { index, documentName: `document ${index}`, documentKind: 'novel', tokenIds: new Uint8Array(tokenIds) };
}

const noExamples: FeatureExamples = { top: [], bands: [[], [], [], []], random: [], nearMisses: [] };

function testExamples(index: number): FeatureExamples {
  const contextIndex = index % nContexts;
  const firing = { contextIndex, peakPosition: 30, peakValue: 2, positions: [1, 30], values: [1, 2] };
  const nearMiss = { contextIndex, peakPosition: 3, peakValue: -0.25, positions: [], values: [] };
  return { top: [firing], bands: [[firing], [], [], [firing, firing]], random: [], nearMisses: [nearMiss] };
}
