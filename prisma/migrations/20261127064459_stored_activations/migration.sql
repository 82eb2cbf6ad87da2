-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "activationSetId" UUID,
ADD COLUMN     "activationUse" JSONB,
ADD COLUMN     "activations" TEXT NOT NULL DEFAULT 'stream';

-- CreateTable
CREATE TABLE "ActivationSet" (
    "id" UUID NOT NULL,
    "weightsHash" TEXT NOT NULL,
    "tokenizerHash" TEXT NOT NULL,
    "datasetHash" TEXT NOT NULL,
    "hookName" TEXT NOT NULL,
    "contextSize" INTEGER NOT NULL,
    "width" INTEGER NOT NULL,
    "nShards" INTEGER NOT NULL,
    "modelName" TEXT NOT NULL,
    "datasetName" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ActivationSet_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ActivationShard" (
    "setId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "nRows" INTEGER NOT NULL,

    CONSTRAINT "ActivationShard_pkey" PRIMARY KEY ("setId","index")
);

-- AddForeignKey
ALTER TABLE "ActivationShard" ADD CONSTRAINT "ActivationShard_setId_fkey" FOREIGN KEY ("setId") REFERENCES "ActivationSet"("id") ON DELETE CASCADE ON UPDATE CASCADE;
