-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "imported" JSONB,
ADD COLUMN     "origin" TEXT NOT NULL DEFAULT 'trained';

-- Imported dictionaries can be of kinds that are not trained here.
ALTER TABLE "Run" DROP CONSTRAINT "Run_architecture_check";
ALTER TABLE "Run" ADD CONSTRAINT "Run_architecture_check"
  CHECK ("architecture" IN ('topk', 'standard', 'jumprelu', 'gated', 'matching_pursuit'));
ALTER TABLE "Run" ADD CONSTRAINT "Run_origin_check"
  CHECK ("origin" IN ('trained', 'imported') AND ("origin" = 'imported') = ("imported" IS NOT NULL));
