-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "inputHashes" JSONB NOT NULL DEFAULT '{}';
