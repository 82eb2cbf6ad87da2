-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "architectureOptions" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "preset" TEXT NOT NULL DEFAULT 'featurescope';

-- Two more kinds are trained here.
ALTER TABLE "Run" DROP CONSTRAINT "Run_architecture_check";
ALTER TABLE "Run" ADD CONSTRAINT "Run_architecture_check"
  CHECK ("architecture" IN ('topk', 'batchtopk', 'matryoshka', 'jumprelu', 'gated', 'standard', 'matching_pursuit')),
  ADD CONSTRAINT "Run_preset_check" CHECK ("preset" IN ('featurescope', 'saelens'));
