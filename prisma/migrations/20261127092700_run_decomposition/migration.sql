-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "decomposition" JSONB;

ALTER TABLE "Run" DROP CONSTRAINT "Run_architecture_check";
ALTER TABLE "Run" ADD CONSTRAINT "Run_architecture_check"
  CHECK ("architecture" IN (
    'topk', 'batchtopk', 'matryoshka', 'jumprelu', 'gated', 'standard', 'matching_pursuit',
    'pca', 'ica', 'nmf', 'random', 'neurons', 'meanDifference', 'cav'
  ));
ALTER TABLE "Run" DROP CONSTRAINT "Run_stage_check";
ALTER TABLE "Run" ADD CONSTRAINT "Run_stage_check"
  CHECK ("stage" IN ('prepare', 'train', 'fit', 'evaluate', 'index', 'label', 'done'));
ALTER TABLE "Run" DROP CONSTRAINT "Run_origin_check";
ALTER TABLE "Run" ADD CONSTRAINT "Run_origin_check" CHECK (
  "origin" IN ('trained', 'imported', 'fitted')
  AND ("origin" = 'imported') = ("imported" IS NOT NULL)
  AND ("origin" = 'fitted') = ("decomposition" IS NOT NULL)
);
