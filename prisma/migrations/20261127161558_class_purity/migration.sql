-- AlterTable
ALTER TABLE "RecoveredFeature" ADD COLUMN     "classPurity" DOUBLE PRECISION,
ADD COLUMN     "ofClass" INTEGER;
