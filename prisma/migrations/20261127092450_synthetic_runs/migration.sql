-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "recovery" JSONB,
ADD COLUMN     "source" TEXT NOT NULL DEFAULT 'model',
ADD COLUMN     "synthetic" JSONB,
ALTER COLUMN "modelId" DROP NOT NULL,
ALTER COLUMN "datasetId" DROP NOT NULL;

-- CreateTable
CREATE TABLE "RecoveryPoint" (
    "runId" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "recovery" DOUBLE PRECISION NOT NULL,
    "mcc" DOUBLE PRECISION NOT NULL,
    "uniqueness" DOUBLE PRECISION NOT NULL,
    "f1" DOUBLE PRECISION NOT NULL,
    "bestMatch" DOUBLE PRECISION NOT NULL,
    "l0" DOUBLE PRECISION NOT NULL,
    "trueL0" DOUBLE PRECISION NOT NULL,
    "nAlive" INTEGER NOT NULL,
    "fvu" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "RecoveryPoint_pkey" PRIMARY KEY ("runId","step")
);

-- CreateTable
CREATE TABLE "Truth" (
    "runId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "density" DOUBLE PRECISION NOT NULL,
    "latent" INTEGER,
    "cosine" DOUBLE PRECISION NOT NULL,
    "precision" DOUBLE PRECISION NOT NULL,
    "recall" DOUBLE PRECISION NOT NULL,
    "latents" INTEGER[],
    "cosines" DOUBLE PRECISION[],

    CONSTRAINT "Truth_pkey" PRIMARY KEY ("runId","index")
);

-- CreateTable
CREATE TABLE "RecoveredFeature" (
    "runId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "truth" INTEGER NOT NULL,
    "cosine" DOUBLE PRECISION NOT NULL,
    "secondTruth" INTEGER,
    "secondCosine" DOUBLE PRECISION,
    "matched" BOOLEAN NOT NULL,
    "precision" DOUBLE PRECISION NOT NULL,
    "recall" DOUBLE PRECISION NOT NULL,
    "samples" JSONB NOT NULL,

    CONSTRAINT "RecoveredFeature_pkey" PRIMARY KEY ("runId","index")
);

-- CreateIndex
CREATE INDEX "Truth_runId_cosine_index_idx" ON "Truth"("runId", "cosine", "index");

-- AddForeignKey
ALTER TABLE "RecoveryPoint" ADD CONSTRAINT "RecoveryPoint_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Truth" ADD CONSTRAINT "Truth_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecoveredFeature" ADD CONSTRAINT "RecoveredFeature_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
