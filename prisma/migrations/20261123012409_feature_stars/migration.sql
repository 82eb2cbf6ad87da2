-- AlterTable
ALTER TABLE "Feature" ADD COLUMN     "starred" BOOLEAN NOT NULL DEFAULT false;
