-- CreateTable
CREATE TABLE "CausalCheck" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "featureIndex" INTEGER,
    "request" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "progress" JSONB,
    "result" JSONB,
    "failure" JSONB,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "nPasses" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "CausalCheck_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "CausalCheck_runId_featureIndex_createdAt_idx" ON "CausalCheck"("runId", "featureIndex", "createdAt");

-- AddForeignKey
ALTER TABLE "CausalCheck" ADD CONSTRAINT "CausalCheck_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
