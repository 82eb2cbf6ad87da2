-- CreateTable
CREATE TABLE "Analysis" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "runId" UUID NOT NULL,
    "otherRunId" UUID,
    "request" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "fence" INTEGER NOT NULL DEFAULT 0,
    "progress" JSONB,
    "result" JSONB,
    "data" BYTEA,
    "failure" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Analysis_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Analysis_runId_kind_idx" ON "Analysis"("runId", "kind");

-- CreateIndex
CREATE INDEX "Analysis_otherRunId_idx" ON "Analysis"("otherRunId");

-- CreateIndex
CREATE INDEX "Analysis_status_idx" ON "Analysis"("status");

-- AddForeignKey
ALTER TABLE "Analysis" ADD CONSTRAINT "Analysis_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Analysis" ADD CONSTRAINT "Analysis_otherRunId_fkey" FOREIGN KEY ("otherRunId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
