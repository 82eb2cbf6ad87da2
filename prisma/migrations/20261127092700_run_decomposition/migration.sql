-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "decomposition" JSONB;
