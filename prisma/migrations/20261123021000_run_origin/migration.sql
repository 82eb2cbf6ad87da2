-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "imported" JSONB,
ADD COLUMN     "origin" TEXT NOT NULL DEFAULT 'trained';
