-- Trigrams: part of a label is found through an index. The extension is trusted: a database owner may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateTable
CREATE TABLE "Model" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "directory" TEXT NOT NULL,
    "bundled" BOOLEAN NOT NULL DEFAULT false,
    "licence" TEXT,
    "config" JSONB NOT NULL,
    "tokenizerHash" TEXT NOT NULL,
    "weightsHash" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Dataset" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "originalName" TEXT,
    "bundled" BOOLEAN NOT NULL DEFAULT false,
    "nDocuments" INTEGER NOT NULL DEFAULT 0,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "contentHash" TEXT,
    "kinds" JSONB NOT NULL DEFAULT '[]',
    "sample" TEXT,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Dataset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TokenCorpus" (
    "id" UUID NOT NULL,
    "datasetId" UUID NOT NULL,
    "tokenizerHash" TEXT NOT NULL,
    "contextSize" INTEGER NOT NULL,
    "nTokens" BIGINT NOT NULL,
    "nContexts" INTEGER NOT NULL,
    "nHeldOutTokens" BIGINT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TokenCorpus_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Context" (
    "corpusId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "documentName" TEXT NOT NULL,
    "documentKind" TEXT NOT NULL,
    "tokenIds" BYTEA NOT NULL,

    CONSTRAINT "Context_pkey" PRIMARY KEY ("corpusId","index")
);

-- CreateTable
CREATE TABLE "Run" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "modelId" UUID NOT NULL,
    "datasetId" UUID NOT NULL,
    "corpusId" UUID,
    "hookName" TEXT NOT NULL,
    "architecture" TEXT NOT NULL,
    "nLatents" INTEGER NOT NULL,
    "k" INTEGER,
    "l1Coefficient" DOUBLE PRECISION,
    "nTokens" BIGINT NOT NULL,
    "batchSize" INTEGER NOT NULL,
    "learningRate" DOUBLE PRECISION NOT NULL,
    "seed" INTEGER NOT NULL,
    "contextSize" INTEGER NOT NULL,
    "resolvedConfig" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL DEFAULT 'queued',
    "desiredState" TEXT NOT NULL DEFAULT 'run',
    "stage" TEXT NOT NULL DEFAULT 'prepare',
    "progress" JSONB,
    "step" INTEGER NOT NULL DEFAULT 0,
    "nSteps" INTEGER NOT NULL,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "lastSeq" INTEGER NOT NULL DEFAULT 0,
    "evaluation" JSONB,
    "excludedRows" JSONB,
    "failure" JSONB,
    "nFeatures" INTEGER NOT NULL DEFAULT 0,
    "nLabelled" INTEGER NOT NULL DEFAULT 0,
    "nIndexedTokens" BIGINT NOT NULL DEFAULT 0,
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Metric" (
    "runId" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "tokens" BIGINT NOT NULL,
    "loss" DOUBLE PRECISION NOT NULL,
    "mse" DOUBLE PRECISION NOT NULL,
    "fvu" DOUBLE PRECISION NOT NULL,
    "l0" DOUBLE PRECISION NOT NULL,
    "l1" DOUBLE PRECISION NOT NULL,
    "auxLoss" DOUBLE PRECISION NOT NULL,
    "deadShare" DOUBLE PRECISION NOT NULL,
    "gradNorm" DOUBLE PRECISION NOT NULL,
    "learningRate" DOUBLE PRECISION NOT NULL,
    "tokensPerSecond" DOUBLE PRECISION,

    CONSTRAINT "Metric_pkey" PRIMARY KEY ("runId","step")
);

-- CreateTable
CREATE TABLE "Checkpoint" (
    "runId" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Checkpoint_pkey" PRIMARY KEY ("runId","step")
);

-- CreateTable
CREATE TABLE "Feature" (
    "runId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "dead" BOOLEAN NOT NULL,
    "density" DOUBLE PRECISION NOT NULL,
    "nFiring" BIGINT NOT NULL,
    "maxActivation" DOUBLE PRECISION NOT NULL,
    "meanActivation" DOUBLE PRECISION NOT NULL,
    "topTokenIds" INTEGER[],
    "topTokenValues" DOUBLE PRECISION[],
    "searchTokenIds" INTEGER[],
    "labelText" TEXT,
    "labelScore" DOUBLE PRECISION,
    "userLabel" TEXT,
    "userLabelAt" TIMESTAMPTZ(3),

    CONSTRAINT "Feature_pkey" PRIMARY KEY ("runId","index")
);

-- CreateTable
CREATE TABLE "FeatureEvidence" (
    "runId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "direction" BYTEA NOT NULL,
    "bottomTokenIds" INTEGER[],
    "bottomTokenValues" DOUBLE PRECISION[],
    "neighbourIndices" INTEGER[],
    "neighbourCosines" DOUBLE PRECISION[],
    "histogram" INTEGER[],
    "quantileBorders" DOUBLE PRECISION[],
    "examples" BYTEA NOT NULL,
    "listExample" BYTEA NOT NULL,

    CONSTRAINT "FeatureEvidence_pkey" PRIMARY KEY ("runId","index")
);

-- CreateTable
CREATE TABLE "Label" (
    "runId" UUID NOT NULL,
    "featureIndex" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "text" TEXT,
    "explainer" TEXT NOT NULL,
    "predicate" JSONB,
    "score" DOUBLE PRECISION,
    "scoreLow" DOUBLE PRECISION,
    "scoreHigh" DOUBLE PRECISION,
    "confusion" JSONB,
    "split" JSONB NOT NULL,
    "reason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Label_pkey" PRIMARY KEY ("runId","featureIndex")
);

-- CreateTable
CREATE TABLE "SteeringExperiment" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "name" TEXT,
    "request" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "promptTokens" JSONB NOT NULL DEFAULT '[]',
    "lanes" JSONB,
    "result" JSONB,
    "failure" JSONB,
    "lastSeq" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SteeringExperiment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Event" (
    "subjectId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Event_pkey" PRIMARY KEY ("subjectId","seq")
);

-- CreateTable
CREATE TABLE "Worker" (
    "id" UUID NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Worker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Model_name_key" ON "Model"("name");

-- CreateIndex
CREATE UNIQUE INDEX "TokenCorpus_datasetId_tokenizerHash_contextSize_key" ON "TokenCorpus"("datasetId", "tokenizerHash", "contextSize");

-- CreateIndex
CREATE INDEX "Run_createdAt_idx" ON "Run"("createdAt");

-- CreateIndex
CREATE INDEX "Feature_runId_density_index_idx" ON "Feature"("runId", "density", "index");

-- CreateIndex
CREATE INDEX "Feature_runId_maxActivation_index_idx" ON "Feature"("runId", "maxActivation", "index");

-- CreateIndex
CREATE INDEX "Feature_runId_meanActivation_index_idx" ON "Feature"("runId", "meanActivation", "index");

-- CreateIndex
CREATE INDEX "Feature_runId_labelScore_index_idx" ON "Feature"("runId", "labelScore", "index");

-- CreateIndex
CREATE INDEX "Feature_searchTokenIds_idx" ON "Feature" USING GIN ("searchTokenIds");

-- CreateIndex
CREATE INDEX "Feature_labelText_idx" ON "Feature" USING GIN ("labelText" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "Feature_userLabel_idx" ON "Feature" USING GIN ("userLabel" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "SteeringExperiment_createdAt_idx" ON "SteeringExperiment"("createdAt");

-- AddForeignKey
ALTER TABLE "TokenCorpus" ADD CONSTRAINT "TokenCorpus_datasetId_fkey" FOREIGN KEY ("datasetId") REFERENCES "Dataset"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Context" ADD CONSTRAINT "Context_corpusId_fkey" FOREIGN KEY ("corpusId") REFERENCES "TokenCorpus"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_datasetId_fkey" FOREIGN KEY ("datasetId") REFERENCES "Dataset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_corpusId_fkey" FOREIGN KEY ("corpusId") REFERENCES "TokenCorpus"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Metric" ADD CONSTRAINT "Metric_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Checkpoint" ADD CONSTRAINT "Checkpoint_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Feature" ADD CONSTRAINT "Feature_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FeatureEvidence" ADD CONSTRAINT "FeatureEvidence_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Label" ADD CONSTRAINT "Label_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SteeringExperiment" ADD CONSTRAINT "SteeringExperiment_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- States are text, so that adding one is an ordinary migration; these refuse a misspelt one.
ALTER TABLE "Dataset"
  ADD CONSTRAINT "Dataset_status_check" CHECK ("status" IN ('ingesting', 'ready', 'failed')),
  ADD CONSTRAINT "Dataset_format_check" CHECK ("format" IN ('txt', 'md', 'jsonl'));
ALTER TABLE "Run"
  ADD CONSTRAINT "Run_status_check" CHECK ("status" IN ('queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled')),
  ADD CONSTRAINT "Run_desiredState_check" CHECK ("desiredState" IN ('run', 'pause', 'cancel')),
  ADD CONSTRAINT "Run_stage_check" CHECK ("stage" IN ('prepare', 'train', 'evaluate', 'index', 'label', 'done')),
  ADD CONSTRAINT "Run_architecture_check" CHECK ("architecture" IN ('topk', 'standard'));
ALTER TABLE "Label" ADD CONSTRAINT "Label_status_check" CHECK ("status" IN ('scored', 'failed'));
ALTER TABLE "SteeringExperiment"
  ADD CONSTRAINT "SteeringExperiment_status_check" CHECK ("status" IN ('running', 'succeeded', 'failed'));
ALTER TABLE "Event" ADD CONSTRAINT "Event_seq_check" CHECK ("seq" >= 1);

-- Floats and packed numbers do not compress: do not try at every write.
ALTER TABLE "FeatureEvidence" ALTER COLUMN "direction" SET STORAGE EXTERNAL;
ALTER TABLE "FeatureEvidence" ALTER COLUMN "examples" SET STORAGE EXTERNAL;
ALTER TABLE "FeatureEvidence" ALTER COLUMN "listExample" SET STORAGE EXTERNAL;
ALTER TABLE "Context" ALTER COLUMN "tokenIds" SET STORAGE EXTERNAL;
