-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "ridesOnJob" UUID,
ADD COLUMN     "sweepId" UUID;

-- CreateIndex
CREATE INDEX "Run_sweepId_idx" ON "Run"("sweepId");
