-- AlterTable
ALTER TABLE "Model" ADD COLUMN     "dtype" TEXT,
ADD COLUMN     "error" TEXT,
ADD COLUMN     "lastSeq" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "progress" JSONB,
ADD COLUMN     "source" JSONB,
ADD COLUMN     "stamp" TEXT,
ADD COLUMN     "status" TEXT NOT NULL DEFAULT 'ready',
ALTER COLUMN "tokenizerHash" SET DEFAULT '',
ALTER COLUMN "weightsHash" SET DEFAULT '';
